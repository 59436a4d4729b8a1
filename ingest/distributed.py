"""Reading and embedding on a Ray cluster: the same functions as on one machine, mapped over shards.

`read_shard` and `embed_shard` are plain functions of their arguments and know nothing of Ray. Filing and
the catalog stay with the caller, in the order of the sources, and texts are embedded in the batches in
which one machine would embed them: the index is the same to the last bit where the processors are of one
kind. Bytes travel to the nodes, so these need no common file system; they need Senescope installed.
Run on Ray 2.60, one machine: the same outcomes, rows and embeddings, bit for bit.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.embedding import EmbedderFiles, QueryEmbedder
from ingest.index import Index, query_embedder
from ingest.reading import Frame, Source
from ingest.workers import Limits, Pool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARD = 16
"""Sources of one task: enough to be worth its cost, few enough to travel together."""
AHEAD = 64
"""Tasks that are under way or wait to be taken."""


class ClusterUnavailable(Exception):
    """Ray is not installed, or no cluster answers; the message says which."""


def read_shard(shard: Sequence[Source], limits: Limits) -> list[list[Frame]]:
    """The frames of each source, read in a killable process on the machine that runs this."""
    with Pool(limits, workers=1) as pool:
        return [list(frames) for _, frames in pool.read(shard)]


def embed_shard(batches: Sequence[Sequence[str]], files: EmbedderFiles, weights: bytes) -> list[Any]:
    """The vectors of each batch; a process keeps its model."""
    embedder = _embedder(files, weights)
    return [embedder.encode_batch(batch) for batch in batches]


@lru_cache(maxsize=1)
def _embedder(files: EmbedderFiles, weights: bytes) -> QueryEmbedder:
    return QueryEmbedder(files, weights)


Submit = Callable[..., Any]
"""Start a task; what it returns is handed to `Collect`."""
Collect = Callable[[Any], Any]


class ShardedEngine:
    """An engine (`ingest.pipeline.Engine`) over whatever runs tasks; `ray_engine` gives it Ray."""

    def __init__(self, index: Index, limits: Limits, submit: Submit, collect: Collect, put: Submit) -> None:
        """An engine.

        Arguments:
            index: for the embedder.
            limits: what one file may cost on its node.
            submit: starts a function with arguments somewhere.
            collect: waits for what `submit` returned.
            put: makes a large value available to tasks, and returns what to pass for it.
        """
        self._index, self._limits = index, limits
        self._submit, self._collect, self._put = submit, collect, put

    def read(self, sources: Iterable[Source]) -> Generator[tuple[Source, Iterator[Frame]], None, None]:
        """See `Engine.read`."""
        under_way: deque[tuple[list[Source], list[Source], Any]] = deque()
        rest = iter(sources)
        while True:
            while len(under_way) < AHEAD and (shard := list(islice(rest, SHARD))):
                loaded = [_loaded(source, self._limits) for source in shard]
                under_way.append((shard, loaded, self._submit(read_shard, loaded, self._limits)))
            if not under_way:
                return
            shard, _, task = under_way.popleft()
            for source, frames in zip(shard, self._collect(task), strict=True):
                yield source, iter(frames)

    @cached_property
    def encoder(self) -> ShardedEncoder:
        """See `Engine.encoder`."""
        return ShardedEncoder(self._index, self._submit, self._collect, self._put)


class ShardedEncoder:
    """Embeds the batches of one machine on many."""

    def __init__(self, index: Index, submit: Submit, collect: Collect, put: Submit) -> None:
        """Proves the weights here before they are sent."""
        self._local = query_embedder(index)
        self._files, self._submit, self._collect = index.embedder, submit, collect
        self._weights = put(index.onnx.read_bytes())

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        import numpy as np

        batches = self._local.batches(texts)
        tasks = [
            (chosen, self._submit(embed_shard, [[texts[i] for i in chosen]], self._files, self._weights))
            for chosen in batches
        ]
        parts: dict[int, NDArray[np.float32]] = {}
        for chosen, task in tasks:
            (vectors,) = self._collect(task)
            parts.update(zip(chosen, vectors, strict=True))
            if progress is not None:
                progress(len(parts), len(texts))
        return np.stack([parts[i] for i in range(len(texts))]) if parts else np.zeros((0, 0), np.float32)


def ray_engine(index: Index, limits: Limits, address: str = "") -> ShardedEngine:
    """An engine on the Ray cluster at `address`, or on a Ray of this machine.

    Raises:
        ClusterUnavailable: says what is missing.
    """
    try:
        ray = import_module("ray")  # it comes without type information
    except ImportError as error:
        raise ClusterUnavailable("Ray is not installed: pip install 'senescope[cluster]'") from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anyone
    # A Ray of this machine needs no web page; options of a cluster that runs already may not be given.
    own: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        ray.init(
            address=address or None,
            ignore_reinit_error=True,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **own,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ClusterUnavailable(f"no Ray cluster at {address or 'this machine'} ({error})") from error
    functions = {function: ray.remote(function) for function in (read_shard, embed_shard)}
    return ShardedEngine(
        index,
        limits,
        submit=lambda function, *arguments: functions[function].remote(*arguments),
        collect=ray.get,
        put=ray.put,
    )


def _loaded(source: Source, limits: Limits) -> Source:
    """The source with its bytes, so that any node can read it; what cannot be opened fails over there."""
    if source.path is None:
        return source
    try:
        if source.path.stat().st_size > limits.size:
            return source
        return Source(source.name, data=source.path.read_bytes())
    except OSError:
        return source

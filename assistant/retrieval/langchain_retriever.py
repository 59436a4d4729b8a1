"""The retriever as LangChain knows one, to be dropped into anyone's chain.

A module of its own, because importing langchain_core takes about a second and a question on the command
line has no use for it.
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from assistant.evidence import Citation, Filters, Hit
from assistant.retrieval.retriever import Retriever


class SenescopeRetriever(BaseRetriever):
    """Hybrid, glossary-aware search over a Senescope index.

        retriever = SenescopeRetriever(search=Retriever.open(index), k=6)
        documents = retriever.invoke("Does CD137 costimulation favour senescence?")

    Each document's text is the stored passage, and its metadata the citation fields of `senescope search
    --json` with rank and scores.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Retriever
    """The retriever to ask."""
    k: int = Field(default=10, ge=1)
    """How many documents at most."""
    filters: Filters = Filters()
    """Restrictions on the evidence."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.search.search(query, k=self.k, filters=self.filters)
        return [as_document(hit) for hit in found.hits]


def as_document(hit: Hit) -> Document:
    """A hit as a LangChain document; fields without a value are left out, as vector stores want it."""
    span = hit.passage.span
    fields = Citation.of(hit.rank, hit.paper, hit.passage, hit.text, 0, len(hit.text)).to_json()
    fields |= {"start": span.start, "end": span.end, "kind": hit.passage.kind}
    fields |= {"rank": hit.rank, "score": hit.score, "dense": hit.dense, "lexical": hit.lexical}
    kept = {name: value for name, value in fields.items() if value is not None and name not in ("n", "quote")}
    return Document(id=hit.passage.id, page_content=hit.text, metadata=kept)

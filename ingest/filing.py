"""Which paper a document belongs to, and whether its text is taken in.

The same paper from two sources is one paper. Identifiers say so, and are cross-checked: where they
disagree, or where the one that matches stands on a paper with another title, authors and year, the
document is not merged on trust. A wrong PMID in somebody's file must not put its text under a paper that
never said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.agreement import agree
from ingest.catalog import Catalog, Held
from ingest.documents import Document, Paper, Problem, Record, Reference
from ingest.manifest import Filed
from ingest.merging import merged, rank, slot, title_key
from ingest.readers.claims import LEDGER_ID

_NAMES = {"doi": "DOI", "pmcid": "PMCID", "pmid": "PMID"}
_LEAST_TITLE = 25
"""Letters a title must have to speak for a paper by itself: "Editorial" and "Reply" do not."""


class Mismatch(Exception):
    """The identifiers of a document belong to another paper; the message names both."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The paper that a document belongs to."""

    id: str
    paper: Paper
    """The document's bibliography under that id, without identifiers that belong elsewhere."""
    note: str | None = None


class Filing:
    """Files records into a draft beside the catalog that is searched."""

    def __init__(self, catalog: Catalog, draft: Catalog, gone: frozenset[str] = frozenset()) -> None:
        """File into `draft`.

        Arguments:
            catalog: what is searched; only read here.
            draft: what is put in is put there.
            gone: sources that are not there any more; what came from them counts as removed.
        """
        self._catalog, self._draft, self._gone = catalog, draft, gone

    def file(self, record: Record, source: str) -> Filed:
        """Put one record into the draft, or say why not."""
        if isinstance(record, Problem):
            return Filed("failed", reason=record.reason, place=record.where)
        if isinstance(record, Reference):
            return self._reference(record)
        if record.paper.id == LEDGER_ID:
            return Filed("failed", reason=f"the id {LEDGER_ID!r} is taken by the claim ledger")
        if not record.passages and not record.notices:
            return Filed(
                "skipped", record.paper.id, reason="no text that could be evidence", notes=record.notes
            )
        try:
            owner = self._owner(record)
        except Mismatch as mismatch:
            return Filed("failed", reason=str(mismatch), notes=record.notes)
        return self._store(_under(record, owner), source, owner.note)

    # -- whose it is --------------------------------------------------------------------------------

    def _owner(self, document: Document) -> Owner:
        paper = document.paper
        known = {name: self._paper(name) for name in self._find(paper)}
        owners = {name: held for name, held in known.items() if held is not None}
        if document.reader == "digest":
            return self._digest_owner(paper, owners)
        same = self._paper(paper.id)
        if same is not None:
            owners.setdefault(paper.id, same)
        if not owners:
            return self._titled(document)
        alike = [held for held in owners.values() if resembles(document, held)]
        certain = [held for held in owners.values() if len(_shared(paper, held)) > 1]
        if len(owners) == 1 and not alike and not _differing(paper, *owners.values()):
            certain = certain or [held for held in owners.values() if _untitled(document)]
        if not (alike or certain):
            raise Mismatch("; ".join(_belongs(paper, held) for held in owners.values()))
        chosen = (alike or certain)[0]
        notes = [_belongs(paper, held) for held in owners.values() if held.id != chosen.id]
        notes += [
            f"{_NAMES[name]} is {getattr(paper, name)} here and {getattr(chosen, name)} in the index (kept)"
            for name in _differing(paper, chosen)
        ]
        elsewhere = {
            name for held in owners.values() if held.id != chosen.id for name in _shared(paper, held)
        }
        dropped = {name: None for name in (*elsewhere, *_differing(paper, chosen))}
        return Owner(chosen.id, replace(paper, **dropped), "; ".join(notes) or None)  # type: ignore[arg-type]  # names of _NAMES

    def _digest_owner(self, paper: Paper, owners: Mapping[str, Paper]) -> Owner:
        """A digest names its paper itself; it joins one that is known by its identifiers."""
        others = [name for name in owners if name != paper.id]
        if not others or self._paper(paper.id) is not None:
            return Owner(paper.id, paper)
        for name in others:
            if self._held(name, "digest") is None:
                return Owner(name, paper, f"the paper is in the index as {name}")
        shared = next(iter(_shared(paper, owners[others[0]])))
        raise Mismatch(
            f"{_NAMES[shared]} {getattr(paper, shared)} belongs to {others[0]}, which has a digest already;"
            " give this one its id to replace it"
        )

    def _titled(self, document: Document) -> Owner:
        """A document whose identifiers nobody has: perhaps its title is known, else it is new."""
        paper = document.paper
        if len(title_key(paper.title)) >= _LEAST_TITLE:
            names = {*self._draft.titled(paper.title), *self._catalog.titled(paper.title)}
            held = [p for p in map(self._paper, sorted(names)) if p is not None]
            same = [p for p in held if agree(p, paper).verdict == "same"]
            if len(same) == 1:
                return Owner(same[0].id, paper, f"has the title of {same[0].id}")
        return Owner(paper.id, paper)

    def _find(self, paper: Paper) -> dict[str, str]:
        keys = (paper.doi, paper.pmid, paper.pmcid)
        return {**self._catalog.find(*keys), **self._draft.find(*keys)}

    def _paper(self, identifier: str) -> Paper | None:
        """What is known of a paper here and there; None when all of it is gone."""
        held = [self._draft.paper(identifier)]
        if any(self._held(identifier, which) for which in ("digest", "text")):
            held.append(self._catalog.paper(identifier))
        known = [paper for paper in held if paper is not None]
        return merged(known) if known else None

    def _held(self, paper: str, which: str) -> Held | None:
        """What is in a slot, in the draft or else in the catalog."""
        held = self._draft.held(paper, which)
        if held is None:
            held = self._catalog.held(paper, which)
            if held is not None and held.source in self._gone:
                return None
        return held

    # -- whether it is taken ------------------------------------------------------------------------

    def _store(self, document: Document, source: str, note: str | None) -> Filed:
        paper, which = document.paper.id, slot(document)
        held = self._held(paper, which)

        def filed(status: str, reason: str | None) -> Filed:
            told = "; ".join(part for part in (reason, note) if part) or None
            return Filed(
                status, paper, which, len(document.passages), told, notes=document.notes  # type: ignore[arg-type]  # a Status
            )  # fmt: skip

        if held is None:
            self._put(document)
            return filed("added", None)
        if held.sha256 == document.sha256:
            if held.source == source or which == "digest":
                return filed("unchanged", None)
            return filed("skipped", f"the same text is in already, from {held.source}")
        if held.source == source or which == "digest":
            self._put(document)
            return filed("updated", None)
        if rank(document.reader, document.paper.seen) > rank(held.reader, held.seen):
            self._put(self._with_gaps_filled(document))
            return filed("updated", f"replaces the {_kind(held.reader, held.seen)} from {held.source}")
        self._fill(paper, which, document)
        better = "the same kind of text" if _equal(document, held) else f"the {_kind(held.reader, held.seen)}"
        return filed("skipped", f"{better} is in already, from {held.source}")

    def _put(self, document: Document, origin: str = "user") -> None:
        known = self._catalog.embeddings.of(document.paper.id, slot(document))
        self._draft.put(document, origin=origin, known=known)

    def _with_gaps_filled(self, document: Document) -> Document:
        """What the text before it said of the paper (a PMID, a retraction) outlives that text."""
        before = self._paper(document.paper.id)
        if before is None:
            return document
        whole = merged([document.paper, before])
        return replace(document, paper=replace(whole, seen=document.paper.seen))

    def _fill(self, paper: str, which: str, document: Document) -> None:
        """Keep what a text that is not taken says of the paper."""
        for catalog in (self._draft, self._catalog):
            for held, origin in catalog.documents(paper):
                if slot(held) != which:
                    continue
                whole = merged([held.paper, document.paper])
                notices = tuple(dict.fromkeys((*held.notices, *document.notices)))
                if (whole, notices) != (held.paper, held.notices):
                    self._put(replace(held, paper=whole, notices=notices), origin)
                return

    def _reference(self, reference: Reference) -> Filed:
        known = {
            **self._catalog.find(reference.doi, reference.pmid, reference.pmcid),
            **self._draft.find(reference.doi, reference.pmid, reference.pmcid),
        }
        name = next(iter(known), None)
        names = [f"{_NAMES[key]} {getattr(reference, key)}" for key in _NAMES if getattr(reference, key)]
        if name is not None:
            reason = f"a reference to {name}, which is in the index"
        elif names:
            reason = f"a reference without a text: {', '.join(names)}"
        else:
            reason = "a reference without an identifier (DOI, PMID or PMCID)"
        return Filed("skipped", name, reason=reason, place=reference.where)


def resembles(document: Document, paper: Paper) -> bool:
    """Whether a document can be this paper.

    A PDF's own title field is often a file name, so the paper's title on the first page counts too.
    """
    if agree(paper, document.paper).verdict == "same":
        return True
    title = title_key(paper.title)
    return len(title) >= _LEAST_TITLE and title in title_key(document.text[:6000])


def _under(document: Document, owner: Owner) -> Document:
    """The document under the id of its paper; its passages are named after it."""
    before = document.paper.id
    if owner.id == before:
        return replace(document, paper=owner.paper)
    return replace(
        document,
        paper=replace(owner.paper, id=owner.id),
        passages=tuple(
            replace(p, id=owner.id + p.id.removeprefix(before), paper=owner.id) for p in document.passages
        ),
    )


def _shared(one: Paper, other: Paper) -> list[str]:
    return [name for name in _NAMES if getattr(one, name) and getattr(one, name) == getattr(other, name)]


def _differing(one: Paper, other: Paper) -> list[str]:
    return [
        name
        for name in _NAMES
        if getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
    ]


def _belongs(paper: Paper, held: Paper) -> str:
    names = " and ".join(f"{_NAMES[name]} {getattr(paper, name)}" for name in _shared(paper, held))
    return f"{names or 'the id'} belongs to another paper, {held.id} ({held.title[:80]!r})"


def _untitled(document: Document) -> bool:
    """Whether the document gives nothing to compare: no title to speak of and no author with a year."""
    return len(title_key(document.paper.title)) < _LEAST_TITLE and not document.paper.authors


def _equal(document: Document, held: Held) -> bool:
    return rank(document.reader, document.paper.seen) == rank(held.reader, held.seen)


def _kind(reader: str, seen: str) -> str:
    return "abstract" if seen == "abstract" else f"full text ({reader})"

"""JATS and its ancestors (NLM 1.x to 3.0): single articles, PMC article sets, OAI envelopes.

Compared before writing by hand: pubmed_parser (MIT, alive; flat paragraphs, no tables in place, drops
formulas and footnotes), sciencebeam-parser and docling (whole toolkits of gigabytes). None keeps sections,
captions and cells in reading order, so the walk over the tree is ours and lxml does the parsing.

Order of the stored text: abstracts, body with its sections, the figures, tables and boxes of a section behind
the paragraphs of that section, back matter, then sub-articles. References are counted and left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ingest.documents import Document, Paper, Problem, ReadError, Record, Retraction
from ingest.drafting import Draft
from ingest.identity import minted
from ingest.readers import front as bibliography
from ingest.readers.inline import text_of
from ingest.readers.jats_body import PEER_REVIEW, Body
from ingest.readers.markup import Element, attribute, local, parse, plain

_ABSTRACTS = {
    "summary": "Author summary",
    "executive-summary": "Summary for readers",
    "plain-language-summary": "Plain language summary",
    "key-points": "Key points",
    "highlights": "Highlights",
    "background": "Background",
    "graphical": "Graphical abstract",
    "toc": "Teaser",
    "teaser": "Teaser",
    "short": "Teaser",
    "web-summary": "Teaser",
    "editor": "Editor's summary",
    "editors-summary": "Editor's summary",
}
_NOT_EVIDENCE = frozenset({"Teaser", "Graphical abstract"})
"""They repeat the abstract in advertising words."""
_REVIEWS = frozenset({"review-article", "systematic-review", "meta-analysis", "scoping-review", "review"})
_SECONDARY = frozenset(
    [
        "editorial",
        "article-commentary",
        "commentary",
        "book-review",
        "letter",
        "reply",
        "correction",
        "retraction",
        "addendum",
        "news",
        "expression-of-concern",
        "discussion",
        "obituary",
        "introduction",
        "in-brief",
        "product-review",
        "response",
        "erratum",
    ]
)
_NOTICE = frozenset({"retraction", "expression-of-concern", "withdrawal", "removal", "partial-retraction"})


def read(data: bytes, source: str) -> Iterator[Record]:
    """The articles of a file; in a set, one that cannot be read is a problem and the others go on."""
    name = source.rpartition("/")[2]
    tree = parse(data, name)
    articles = _articles(tree.root)
    fallback = hashlib.sha256(data).hexdigest()[:16]
    if not articles:
        raise ReadError(
            f"{name}: holds no article ({plain(tree.root)[:120] or 'nothing but tags'}); fetch it again"
        )
    for number, article in enumerate(articles, 1):
        try:
            yield from _documents(
                article, source, tree.notes, f"{fallback}-{number}" if number > 1 else fallback
            )
        except ReadError as error:
            if len(articles) == 1:
                raise ReadError(f"{name}: {error}") from None
            yield Problem(f"{name}, article {number}", str(error))
    for reply in tree.root.iterfind("Reply"):
        yield Problem(
            f"{name}, {reply.get('Id', 'article')}", reply.get("error") or "the server sent no article"
        )


def _articles(root: Element) -> list[Element]:
    if local(root) in ("article", "sub-article"):
        return [root]
    return [a for a in root.iter("article") if not any(local(up) == "article" for up in a.iterancestors())]


def _documents(article: Element, source: str, notes: tuple[str, ...], fallback: str) -> Iterator[Document]:
    own: list[Element] = []
    yield _document(article, source, notes, fallback, own)
    for number, sub in enumerate(own, 1):
        yield _document(sub, source, notes, f"{fallback}-{number}", [])


def _document(
    article: Element, source: str, notes: tuple[str, ...], fallback: str, own: list[Element]
) -> Document:
    """One article with its sub-articles; those that are papers of their own are put into `own`."""
    front, meta = _front(article)
    if front is None or meta is None:
        raise ReadError("holds an article without front matter; nothing says what it is")
    kind = article.get("article-type")
    ids = bibliography.identifiers(meta)
    notices, retraction = bibliography.notices(meta, kind)
    language = (attribute(article, "lang") or "").lower()[:2] or None
    draft = Draft()
    body = Body(draft, language, evidence=kind not in _NOTICE)
    _abstracts(meta, body)
    seen = "full-text" if body.main(article) else "abstract"
    for sub in [x for x in article if local(x) in ("sub-article", "response")]:
        if _separate(sub, ids):
            own.append(sub)
        else:
            _sub_article(sub, body)
    title = bibliography.title(meta) or _instead_of_title(meta)
    if draft.empty and not body.wrote:
        draft.section("Title", evidence=kind not in _NOTICE)
        draft.paragraph(title)
        body.note("neither abstract nor body: only the title can be quoted")
    paper = _paper(article, front, meta, ids, title, retraction, seen, fallback)
    return draft.document(paper, reader="jats", source=source, notes=(*notes, *body.notes()), notices=notices)


def _paper(
    article: Element,
    front: Element,
    meta: Element,
    ids: bibliography.Identifiers,
    title: str,
    retraction: Retraction,
    seen: str,
    fallback: str,
) -> Paper:
    kind = article.get("article-type")
    review = kind in _REVIEWS
    return Paper(
        id=minted(ids.doi, ids.pmid, ids.pmcid, fallback=fallback),
        title=title,
        authors=bibliography.authors(meta),
        journal=bibliography.journal(front),
        year=bibliography.year(meta),
        doi=ids.doi,
        pmid=ids.pmid,
        pmcid=ids.pmcid,
        url=f"https://doi.org/{ids.doi}" if ids.doi else None,
        license=bibliography.licence(meta),
        study_type="review" if review else "n/a",
        evidence="review" if review else "secondary" if kind in _SECONDARY else "primary",
        seen=seen,
        retraction=retraction,
        article_type=kind,
        language=(attribute(article, "lang") or "").lower()[:2] or None,
    )


def _front(article: Element) -> tuple[Element | None, Element | None]:
    for tag in ("front", "front-stub"):
        front = article.find(tag)
        if front is not None:
            meta = front.find("article-meta")
            return front, meta if meta is not None else front
    return None, None


def _instead_of_title(meta: Element) -> str:
    product = meta.find("product")
    subject = plain(meta.find(".//subject"))
    reviewed = plain(product.find("source")) if product is not None else ""
    return ": ".join(filter(None, [subject, reviewed])) or "Untitled"


def _abstracts(meta: Element, body: Body, *prefix: str, evidence: bool = True) -> None:
    for element in meta.iterchildren("abstract", "trans-abstract"):
        kind = element.get("abstract-type") or ""
        name = _ABSTRACTS.get(kind) or text_of(element.find("title")) or "Abstract"
        language = (attribute(element, "lang") or "").lower()[:2]
        quotable = evidence and name not in _NOT_EVIDENCE
        if local(element) == "trans-abstract":
            name = f"{name} ({language or 'translated'})"
            quotable = quotable and body.wanted(language)
        body.blocks(element, (*prefix, name), evidence=quotable)


def _separate(sub: Element, ids: bibliography.Identifiers) -> bool:
    """Whether a sub-article is a paper of its own: another DOI, and neither translation nor peer review."""
    kind = sub.get("article-type") or sub.get("response-type") or ""
    _, meta = _front(sub)
    if meta is None or kind == "translation" or kind in PEER_REVIEW:
        return False
    other = bibliography.identifiers(meta).doi
    return other is not None and other != ids.doi


def _sub_article(sub: Element, body: Body) -> None:
    kind = sub.get("article-type") or sub.get("response-type") or "part"
    language = (attribute(sub, "lang") or "").lower()[:2]
    _, meta = _front(sub)
    title = bibliography.title(meta) if meta is not None else ""
    if kind == "translation":
        path, evidence = f"Translation ({language or 'other language'})", body.wanted(language)
        body.note(f"translation ({language}) stored" + ("" if evidence else ", not evidence"))
    elif kind in PEER_REVIEW:
        path, evidence = f"Peer review: {title or kind}", False
        body.note("peer review stored, not evidence")
    else:
        path, evidence = title or kind, True
    if meta is not None:
        _abstracts(meta, body, path, evidence=evidence)
    body.main(sub, path, evidence=evidence)
    for inner in [x for x in sub if local(x) in ("sub-article", "response")]:
        _sub_article(inner, body)

"""Which titled parts of a paper are never evidence: references, thanks, money, interests, notes on authors.

Known by their titles in the languages of the journals that PubMed Central takes; used wherever a format
does not mark such parts itself. An unknown title is evidence.
"""

from __future__ import annotations

import re
import unicodedata

_WHOLE = frozenset(
    """
    references
    reference list
    list of references
    references and notes
    references cited
    bibliography
    literature
    literature cited
    works cited
    citations
    further reading
    thanks
    funding
    funding and support
    grant support
    grants
    support
    disclosure
    disclosures
    financial disclosure
    declarations
    contributions
    contributors
    contributors and sources
    contributorship statement
    affiliations
    correspondence
    corresponding author
    biography
    biographies
    abbreviations
    abbreviations used
    list of abbreviations
    copyright
    open access
    license
    licence
    rights and permissions
    consent for publication
    decision letter
    author response
    editorial note
    publishers note
    publication history
    pre publication history
    prepublication history
    provenance and peer review
    peer review
    accession codes
    referencias
    referencias bibliograficas
    bibliografia
    financiamento
    financiamiento
    financiacion
    apoio financeiro
    danksagung
    literatur
    literaturverzeichnis
    references bibliographiques
    ringraziamenti
    additional information and declarations
    authors
    about the authors
    notes on contributors
    """.strip().split("\n    ")
)
_BEGINS = (
    "acknowledg",
    "acknowlegment",
    "agradecim",
    "remerciement",
    "conflict of interest",
    "conflicts of interest",
    "conflicting interest",
    "competing interest",
    "competing financial interest",
    "declaration of interest",
    "declarations of interest",
    "declaration of competing",
    "declaration of conflict",
    "disclosure of interest",
    "disclosure of potential conflict",
    "disclosure statement",
    "statement of interest",
    "duality of interest",
    "potential conflict",
    "conflito de interesse",
    "conflitos de interesse",
    "conflicto de interes",
    "conflictos de interes",
    "conflit d interet",
    "conflits d interet",
    "interessenkonflikt",
    "funding source",
    "funding statement",
    "funding information",
    "funding disclosure",
    "source of funding",
    "sources of funding",
    "source of support",
    "sources of support",
    "study funding",
    "financial support",
    "financial disclosure",
    "financial and competing",
    "role of the fund",
    "role of funding",
    "role of the sponsor",
    "author contribution",
    "authors contribution",
    "author s contribution",
    "authors s contribution",
    "author information",
    "authors information",
    "author details",
    "author note",
    "author roles",
    "authors roles",
    "author disclosure",
    "author statement",
    "credit author",
    "contribution of author",
    "contribution of the author",
    "contributions of author",
    "contribuicao dos autor",
    "contribuicoes dos autor",
    "contribuicao do autor",
    "contribucion de los autor",
    "contribuciones de los autor",
    "data availability",
    "data and materials availability",
    "data and code availability",
    "data and software availability",
    "data accessibility",
    "data sharing",
    "data deposition",
    "data statement",
    "code availability",
    "software availability",
    "materials availability",
    "availability of data",
    "availability of supporting data",
    "availability of code",
    "availability of material",
    "disponibilidade de dados",
    "disponibilidad de datos",
    "how to cite",
    "reviewer report",
    "reviewers comments",
    "reviewer comments",
    "peer review information",
    "peer reviewer",
)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*|[IVX]+|[A-H])[.):]?\s+")


def is_evidence(title: str) -> bool:
    """Whether text under `title` may be quoted as evidence."""
    if not title or len(title) > 150:
        return True
    decomposed = unicodedata.normalize("NFKD", _NUMBER.sub("", title.strip()))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    words = " ".join(re.findall(r"[a-z]+", letters.replace("'", "").replace("’", "")))
    return words not in _WHOLE and not words.startswith(_BEGINS)

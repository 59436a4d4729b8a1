"""The literature services as a command uses them: built from the settings, offline said at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.border import plain
from assistant.cli.options import Desk
from assistant.errors import EnvironmentFault, InputError, SenescopeError, UsageError

if TYPE_CHECKING:
    from ingest.documents import Reference
    from ingest.fetching import Services, Wanted
    from ingest.sources.faults import SourceError
    from ingest.sources.records import IdKind, SourceName, Window

Pmid = Annotated[
    list[str] | None, typer.Option("--pmid", help="Fetch a paper by PubMed id; may be repeated.")
]
Pmcid = Annotated[list[str] | None, typer.Option("--pmcid", help="Fetch a paper by PMC id; may be repeated.")]
Doi = Annotated[list[str] | None, typer.Option("--doi", help="Fetch a paper by DOI; may be repeated.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Published on or after: 2024, 2024-05, 2024-05-01."),
]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Published on or before.")]
Most = Annotated[int, typer.Option("--max", min=1, max=5000, help="Papers to fetch for a query at most.")]
SourceOption = Annotated[
    str, typer.Option("--source", help="Where to look first and in whose query syntax: europepmc or pubmed.")
]


@contextmanager
def services(place: Desk) -> Iterator[Services]:
    """The services for one command; raises EnvironmentFault at once when offline is set.

    What goes wrong on the way becomes an error with an exit code.
    """
    from assistant import __version__
    from ingest.fetching import Services
    from ingest.sources.cache import ReplyCache
    from ingest.sources.client import Client, Limits
    from ingest.sources.crossref import Crossref
    from ingest.sources.europepmc import EuropePmc
    from ingest.sources.faults import SourceError
    from ingest.sources.finder import Finder
    from ingest.sources.ncbi import Ncbi

    settings = place.settings
    client = Client(
        agent=f"senescope/{__version__}",
        contact=_contact(settings.text("sources.contact")),
        offline=settings.switch("offline"),
        limits=Limits(read_seconds=settings.integer("sources.timeout")),
        cache=ReplyCache(settings.home / "cache" / "replies"),
        say=place.say,
    )
    if not client.contact and not client.offline:
        place.say("no contact address is set (sources.contact): services may serve anonymous requests slowly")
    with client:
        europepmc = EuropePmc(client, settings.text("sources.europepmc_url"))
        ncbi = Ncbi(client, settings.text("sources.ncbi_url"), api_key=settings.text("sources.ncbi_api_key"))
        crossref = Crossref(client, settings.text("sources.crossref_url"))
        try:
            yield Services(
                Finder(europepmc, ncbi, crossref, place.say), europepmc, ncbi, crossref, lambda: client.now
            )
        except SourceError as error:
            raise fault(error) from error


def fault(error: SourceError) -> SenescopeError:
    """A failure of a service as an error of the application."""
    from ingest.sources.faults import NotFound, Refused

    kind = InputError if isinstance(error, NotFound | Refused) else EnvironmentFault
    return kind(error.message, hint=error.hint)


def identifiers(
    pmid: Sequence[str] | None, pmcid: Sequence[str] | None, doi: Sequence[str] | None
) -> list[Wanted]:
    """What was asked for by identifier; raises InputError for one that is none."""
    from ingest.fetching import wanted

    found = []
    given: tuple[tuple[IdKind, Sequence[str] | None, str], ...] = (
        ("pmid", pmid, "digits, such as 12345678"),
        ("pmcid", pmcid, "PMC and digits, such as PMC1234567"),
        ("doi", doi, "10.x/y, such as 10.1186/s12943-025-02371-1"),
    )
    for kind, texts, shape in given:
        for text in texts or ():
            one = wanted(kind, plain(text))
            if one is None:
                raise InputError(f"--{kind} {plain(text)!r} is none.", hint=f"Give {shape}.")
            found.append(one)
    return list(dict.fromkeys(found))


def listed(references: Iterable[Reference]) -> list[Wanted]:
    """What lists of references name, each by the identifier that finds it most surely."""
    from ingest.fetching import wanted

    found = []
    for reference in references:
        given: tuple[tuple[IdKind, str | None], ...] = (
            ("pmcid", reference.pmcid),
            ("pmid", reference.pmid),
            ("doi", reference.doi),
        )
        one = next((wanted(kind, text) for kind, text in given if text), None)
        if one is not None:
            found.append(one)
    return found


def source_name(text: str) -> SourceName:
    """The service that was named; raises UsageError for another."""
    if text == "europepmc":
        return "europepmc"
    if text == "pubmed":
        return "pubmed"
    raise UsageError(f"--source {text!r} is not known.", hint="Use europepmc or pubmed.")


def window(since: str | None, until: str | None) -> Window:
    """The days of publication between two dates; raises UsageError for one that is none."""
    from ingest.sources.records import Window

    first, last = _day("--since", since, first=True), _day("--until", until, first=False)
    if first is not None and last is not None and first > last:
        raise UsageError(f"--since {since} is after --until {until}.", hint="Exchange them.")
    return Window(first, last)


def _day(flag: str, text: str | None, *, first: bool) -> date | None:
    """A date, or the first or last day of a month or year."""
    if text is None:
        return None
    parts = text.strip().split("-")
    try:
        numbers = [int(part) for part in parts]
        if not 1 <= len(numbers) <= 3 or len(parts[0]) != 4:
            raise ValueError(text)
        if len(numbers) == 3:
            return date(*numbers)
        year, month = numbers[0], numbers[1] if len(numbers) == 2 else (1 if first else 12)
        if first:
            return date(year, month, 1)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
    except (ValueError, TypeError):
        raise UsageError(f"{flag} {text!r} is no date.", hint="Use 2024, 2024-05 or 2024-05-01.") from None


def _contact(text: str) -> str:
    """The contact address; raises InputError when it is none, because it goes into a header."""
    bare = text.strip()
    if bare and (
        bare.count("@") != 1 or not bare.isascii() or any(c.isspace() or c in "()<>," for c in bare)
    ):
        raise InputError(f"`sources.contact` {bare!r} is no e-mail address.", hint="Use name@example.org.")
    return bare


Progress = Callable[[int, int], None]


def counter(place: Desk, stage: str) -> Progress:
    """Progress of a stage on stderr."""

    def step(done: int, total: int) -> None:
        from ingest.pipeline import Progress

        place.progress(Progress(stage, done, total))

    return step

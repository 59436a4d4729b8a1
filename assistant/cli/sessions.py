"""`senescope sessions`: list, search, show, export, pack and remove past conversations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import Desk, at_desk
from assistant.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from assistant.sessions.store import SessionStore
    from assistant.sessions.turns import Session

app = typer.Typer(help="Past conversations: find, read, export, remove.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="ID", help="A session id, the beginning of one, or `latest`.")]
Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")]


@app.command("list")
@at_desk
def list_sessions(
    place: Desk,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most this many.")] = 20,
) -> None:
    """List sessions, the one used last first."""
    with _history(place) as store:
        found = store.recent()
        shown = found[:limit]
        if place.as_json:
            sessions = [session.to_json() for session in shown]
            place.emit({"version": 1, "sessions": sessions, "total": len(found)})
            return
        for session in shown:
            place.emit(_line(session))
        if not found:
            place.say("No sessions yet; `senescope` opens the chat.")
        elif len(found) > len(shown):
            place.say(f"{len(found) - len(shown)} older sessions left out; --limit {len(found)} shows them.")


@app.command("search")
@at_desk
def search(
    place: Desk,
    query: Annotated[str, typer.Argument(help="Words; a turn must hold all of them.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most this many.")] = 20,
) -> None:
    """Search questions and answers of all sessions."""
    with _history(place) as store:
        matches = store.search(query, limit)
        if place.as_json:
            place.emit({"version": 1, "query": query, "matches": [match.to_json() for match in matches]})
            return
        from assistant.sessions.plain import one_line

        for match in matches:
            place.emit(f"{match.session.id}  {match.turn.n}. {one_line(match.turn.question)}")
            place.emit(f"{'':13}{one_line(match.snippet)}")
        if not matches:
            place.say(f"No session holds {query!r}.")


@app.command("show")
@at_desk
def show(
    place: Desk,
    name: Name = "latest",
) -> None:
    """Print one session as Markdown, with numbered references."""
    with _history(place) as store:
        session = store.get(name)
        turns = store.turns(session.id)
        if place.as_json:
            from assistant.sessions.bundle import session_json

            place.emit(session_json(session, turns))
            return
        from assistant.sessions.markdown import markdown

        place.emit(markdown(session, turns))


@app.command("export")
@at_desk
def export(
    place: Desk,
    name: Name = "latest",
    output: Target = None,
    bibtex: Annotated[
        bool, typer.Option("--bibtex", help="The cited papers as BibTeX instead of the text.")
    ] = False,
) -> None:
    """Export one session as Markdown, JSON or BibTeX, to stdout or a file."""
    with _history(place) as store:
        if place.as_json and bibtex:
            raise UsageError("--json and --bibtex exclude each other.", hint="Run the command twice.")
        session = store.get(name)
        turns = store.turns(session.id)
        if place.as_json:
            from assistant.sessions.bundle import dumped, session_json

            text = dumped(session_json(session, turns))
        elif bibtex:
            from assistant.sessions.bibtex import bibtex as entries
            from assistant.sessions.bundle import citations_of

            text = entries(citations_of(turns))
        else:
            from assistant.sessions.markdown import markdown

            text = markdown(session, turns)
        if output is None:
            place.emit(text)
            return
        try:
            output.write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            raise EnvironmentFault(
                f"{str(output)!r} cannot be written: {error}.", hint="Name another file."
            ) from error
        place.say(f"{session.id}: {len(turns)} turn{'' if len(turns) == 1 else 's'} written to {output}")


@app.command("bundle")
@at_desk
def bundle(
    place: Desk,
    name: Name = "latest",
    output: Target = None,
) -> None:
    """Pack one session: Markdown, JSON, BibTeX, index hash and versions, as a zip."""
    with _history(place) as store:
        from assistant.sessions.bundle import write_bundle

        session = store.get(name)
        target = write_bundle(session, store.turns(session.id), output or Path(f"senescope-{session.id}.zip"))
        place.emit(
            {"version": 1, "session": session.id, "bundle": str(target)} if place.as_json else str(target)
        )


@app.command("remove")
@at_desk
def remove(
    place: Desk,
    name: Annotated[str, typer.Argument(metavar="ID", help="A session id or the beginning of one.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete one session for good."""
    with _history(place) as store:
        session = store.get(name)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(
                    "Removing a session needs a yes.", hint="Add --yes when no one can be asked."
                )
            typer.confirm(f"Remove {_line(session)}?", abort=True, err=True)
        store.remove(session.id)
        if place.as_json:
            place.emit({"version": 1, "removed": session.to_json()})
        else:
            place.say(f"Removed {session.id} ({session.turns} turns).")


@contextmanager
def _history(place: Desk) -> Iterator[SessionStore]:
    """The open history of the home folder."""
    from assistant.sessions.store import SessionStore

    store = SessionStore.open(place.settings.home)
    try:
        yield store
    finally:
        store.close()


def _line(session: Session) -> str:
    from assistant.sessions.plain import one_line

    turns = f"{session.turns} turn{'' if session.turns == 1 else 's'}"
    return f"{session.id}  {session.updated[:16].replace('T', ' ')}  {turns:>9}  {one_line(session.title)}"

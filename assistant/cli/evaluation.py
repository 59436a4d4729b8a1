"""`senescope eval`: question sets in, scoreboards out."""

from __future__ import annotations

import typer

from assistant.cli.options import AsJson, HomeDir, Offline, Quiet, desk, existing

app = typer.Typer(help="Measure answers and retrieval against labelled questions.", no_args_is_help=True)


@app.command("answers")
def answers(
    file: str = typer.Argument(
        metavar="FILE.yaml", help="Questions in the shape of tests/eval/questions-dev.yaml."
    ),
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
    details: bool = typer.Option(False, "--details", help="Add one line for every question that went wrong."),
) -> None:
    """Ask every question of a file and print, per kind, how the answers fared."""
    from assistant.evaluation.answers import evaluate, read_questions

    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home)
    questions = read_questions(existing(file))
    board = evaluate(place.engine(), questions, progress=place.progress)
    place.emit(board.to_json(details=details) if place.as_json else board.table(details=details))


@app.command("retrieval")
def retrieval(
    folder: str = typer.Argument(metavar="DIR", help="A folder in BEIR layout."),
    split: str | None = typer.Option(None, "--split", help="Part of the queries, such as dev."),
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Score the shipped retriever on labelled queries, with BM25 alone and dense alone beside it."""
    from assistant.evaluation.retrieval import evaluate

    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home)
    board = evaluate(existing(folder), split=split, settings=place.settings, progress=place.progress)
    place.emit(board.to_json() if place.as_json else board.table())

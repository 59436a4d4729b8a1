"""`senescope eval`: question sets in, scoreboards out."""

from __future__ import annotations

import typer

from assistant.cli.options import Desk, at_desk, existing
from assistant.errors import UsageError

app = typer.Typer(help="Measure answers and retrieval against labelled questions.", no_args_is_help=True)


@app.command("answers")
@at_desk
def answers(
    place: Desk,
    file: str = typer.Argument(
        metavar="FILE.yaml", help="Questions in the shape of tests/eval/questions-dev.yaml."
    ),
    details: bool = typer.Option(False, "--details", help="Add one line for every question that went wrong."),
) -> None:
    """Ask every question of a file and print, per kind, how the answers fared."""
    from assistant.evaluation.answers import evaluate, read_questions

    questions = read_questions(existing(file))
    board = evaluate(place.engine(), questions, progress=place.progress)
    place.emit(board.to_json(details=details) if place.as_json else board.table(details=details))


@app.command("retrieval")
@at_desk
def retrieval(
    place: Desk,
    folder: str = typer.Argument(metavar="DIR", help="A folder in BEIR layout."),
    split: str | None = typer.Option(None, "--split", help="Part of the queries, such as dev."),
) -> None:
    """Score the shipped retriever on labelled queries, with BM25 alone and dense alone beside it."""
    from assistant.evaluation.retrieval import evaluate

    board = evaluate(existing(folder), split=split, settings=place.settings, progress=place.progress)
    place.emit(board.to_json() if place.as_json else board.table())


@app.command("verification")
@at_desk
def verification(
    place: Desk,
    claims: str | None = typer.Option(
        None, "--claims", metavar="FILE.jsonl", help="Judge these: one claim and its quote a line."
    ),
    restatements: str | None = typer.Option(
        None, "--restatements", metavar="FILE.yaml", help="Findings told again by hand."
    ),
    scifact: str | None = typer.Option(None, "--scifact", metavar="DIR", help="SciFact in BEIR layout."),
    part: str = typer.Option("report", "--part", help="Papers: report, or calibration."),
    details: bool = typer.Option(False, "--details", help="Add what went wrong."),
) -> None:
    """Measure the check of a model's sentences on findings made false, told again, and on SciFact."""
    from assistant.evaluation.verification import claim_verdicts, corpus_cases, evaluate, scifact_cases

    if part not in ("report", "calibration"):
        raise UsageError(f"--part {part!r} is not known.", hint="Use report or calibration.")
    engine = place.engine()
    if claims is not None:
        for line in claim_verdicts(engine, existing(claims)):
            place.emit(line)
        return
    told = existing(restatements) if restatements else None
    sets = [(part, corpus_cases(engine, "report" if part == "report" else "calibration", told))]
    if scifact is not None:
        sets += [(f"SciFact {split}", scifact_cases(existing(scifact), split)) for split in ("dev", "train")]
    for name, cases in sets:
        board = evaluate(engine, cases, name, place.progress)
        place.emit(board.to_json(details=details) if place.as_json else board.table(details=details) + "\n")

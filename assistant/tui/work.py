"""The threads of the chat: each is named, exclusive in its group, and touches no widget.

They post messages; the app's handlers change the screen. An exception becomes a message too, so that a
worker never ends the app.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from textual import work
from textual.worker import Worker, get_current_worker

from assistant.errors import InputError
from assistant.models.chat import Cancelled, never
from assistant.tui import messages
from assistant.tui.collector import Collector
from assistant.tui.levers import Request
from assistant.tui.logbook import LOG
from assistant.tui.model import Step, quiet
from assistant.tui.stage import Stage
from assistant.tui.tuning import COARSE, Tuner

if TYPE_CHECKING:
    from assistant.answering.engine import Context
    from assistant.answering.events import Event
    from assistant.evidence import Answer, Citation
    from assistant.sessions.turns import Json
    from assistant.settings import Settings
    from assistant.tui.backend import Backend
    from assistant.tui.dialogue import Job
    from ingest.pipeline import Progress


def preload() -> None:
    """Import what the first answer and the pages would otherwise import on the screen's own thread."""
    import assistant.tui.dialogs
    import assistant.tui.palette
    import assistant.tui.screens
    import assistant.tui.turn  # noqa: F401  # imported for their effect


class Workers(Stage):
    """What runs beside the screen."""

    def __init__(self, settings: Settings, backend: Backend) -> None:
        super().__init__(settings, backend)
        self.tuner = Tuner()
        self.collector = Collector()
        self._full = threading.Lock()
        """One full run at a time: those that were overtaken end at once."""
        self._model_ran = False
        """Whether the model has run once."""

    @work(thread=True, exclusive=True, group="open", name="open the index")
    def run_opening(self) -> None:
        """Open the index, showing progress, then load what the first question needs."""
        begun = perf_counter()
        try:
            papers, passages = self.backend.open(self._progress)
            self.post_message(messages.Opened(papers, passages, self.backend.model.designs()))
            LOG.info(
                "index open after %.2f s: %d papers, %d passages", perf_counter() - begun, papers, passages
            )
            self.backend.warm()
            preload()
            self.collector.spare()
            LOG.info("warm after %.2f s", perf_counter() - begun)
        except Exception as error:  # the border of the thread: whatever happened is shown on the screen
            LOG.exception("opening the index")
            self.post_message(messages.OpeningFailed(error))

    def _progress(self, step: Progress) -> None:
        self.post_message(messages.Progressed(step.stage, step.done, step.total))

    @work(thread=True, exclusive=True, group="answer", name="answer")
    def run_job(self, job: Job, before: str) -> None:
        """Answer one question, from the papers or on the model.

        Arguments:
            before: the words of the what-if that was answered last, which this one may lean on.
        """
        worker = get_current_worker()
        command, text = _command(job.question)
        try:
            joined = "" if command == "ask" else self.backend.continued(text, before)
            if joined:
                self._whatif(job.turn, joined, "", worker)
                return
            route = self.backend.route(text)
        except Exception as error:  # the border of the thread
            LOG.exception("routing turn %d", job.turn)
            self.post_message(messages.Failed(job.turn, error))
            return
        asked_for = command == "whatif" or (
            command == ""
            and route.kind in ("what-if", "ranking")
            and (route.sure or not self.dialogue.filters.describe())
        )
        if asked_for and route.kind != "source":
            self._whatif(job.turn, text, "" if command or route.sure else text, worker)
        else:
            self._ask(job.turn, text, worker)

    def _ask(self, turn: int, question: str, worker: Worker[None]) -> None:
        """Answer from the papers, sentence by sentence where a model writes."""
        from assistant.tui.backend import Asked

        dialogue = self.dialogue
        history = tuple(dialogue.history())
        asked = Asked(question, dialogue.filters, history, dialogue.length, dialogue.model)
        grounded: Answer | None = None
        try:
            for event in self.backend.answer(asked, lambda: worker.is_cancelled):
                grounded = self._happened(turn, event, asked.model) or grounded
        except Exception as error:  # the border of the thread
            if worker.is_cancelled:
                LOG.info("turn %d was cancelled: %s", turn, error)
                return
            LOG.exception("answering turn %d", turn)
            if grounded is not None:  # the model failed, the quotes are there
                self.post_message(messages.Answered(turn, grounded, error))
            else:
                self.post_message(messages.Failed(turn, error))

    def _happened(self, turn: int, event: Event, writer: str) -> Answer | None:
        """Tell the screen about one event; returns the quotes once they are found."""
        from assistant.answering.events import Checked, Done, Grounded

        if isinstance(event, Grounded):
            if writer != "none" and event.answer.kind == "answer":
                self.post_message(messages.Grounded(turn, event.answer, writer))
            return event.answer
        if isinstance(event, Checked) and event.shown:
            self.post_message(messages.Written(turn, event.sentence))
        elif isinstance(event, Done):
            self.post_message(messages.Answered(turn, event.answer))
        return None

    def _whatif(self, turn: int, asked: str, question: str, worker: Worker[None]) -> None:
        """Compare two designs for a turn of the conversation; `question` is kept for the papers beside it."""
        from assistant.kinetics.guidance import guidance
        from assistant.sessions.turns import compact

        self.post_message(messages.Modelled(turn, "Running the model… (a first run compiles it, 10 to 20 s)"))

        def step(done: int, total: int) -> None:
            self.post_message(messages.Modelled(turn, f"Trying levers on the model… {done + 1} of {total}"))

        try:
            request = replace(Request.typed(asked), model=self.dialogue.model)
            payload = self._compared(request, step, lambda: worker.is_cancelled)
            if question:
                payload["literature"] = question
        except Exception as error:  # the border of the thread
            if worker.is_cancelled:
                LOG.info("what-if of turn %d was cancelled: %s", turn, error)
                return
            LOG.exception("what-if of turn %d", turn)
            papers = asked if isinstance(error, InputError) and not asked.startswith("--") else ""
            self.post_message(messages.Failed(turn, error, papers, guidance(papers) if papers else None))
        else:
            self.post_message(messages.Simulated(turn, payload, compact(payload)))

    def _compared(self, request: Request, step: Step = quiet, cancelled: Cancelled = never) -> Json:
        payload = self.backend.model.whatif(request, step, cancelled)
        if not self._model_ran:  # the first run loaded the compiled model, which stays
            self._model_ran = True
            self.collector.spare()
        return payload

    def tune(self, request: Request) -> None:
        """Run what the levers ask for; a newer wish replaces an older one."""
        if self.tuner.want(request):
            self.run_drafts()

    @work(thread=True, group="tuning", name="what-if drafts")
    def run_drafts(self) -> None:
        """Coarse runs for as long as the reader moves levers, and the full run at each rest."""
        while (request := self.tuner.take()) is not None:
            if self._tuned(request, draft=True) and self.tuner.rests(request):
                self.run_full(request)

    @work(thread=True, group="tuning", name="what-if")
    def run_full(self, request: Request) -> None:
        """The full run in a thread of its own: the next draft does not wait for it."""
        with self._full:
            if self.tuner.current(request):
                self._tuned(request, draft=False)

    def _tuned(self, request: Request, *, draft: bool) -> bool:
        try:
            payload = self._compared(replace(request, draws=COARSE) if draft else request)
        except Exception as error:  # the border of the thread
            LOG.exception("tuning a what-if")
            if self.tuner.current(request):
                self.post_message(messages.Failed(0, error))
            return False
        if draft or self.tuner.current(request):
            self.post_message(messages.Tuned(request, payload, draft))
        return True

    @work(thread=True, exclusive=True, group="contexts", name="quotes in context")
    def run_contexts(self, citations: Sequence[Citation]) -> None:
        """Read the surroundings of quotes."""
        worker = get_current_worker()
        found = [self._surroundings(citation) for citation in citations]
        if not worker.is_cancelled:
            self.post_message(messages.ContextsRead(citations, found))

    @work(thread=True, exclusive=True, group="similar", name="similar passages")
    def run_similar(self, citation: Citation) -> None:
        """Find passages like a quote."""
        try:
            found = self.backend.similar(citation, self.dialogue.filters)
        except Exception as error:  # the border of the thread
            LOG.exception("passages like %s", citation.passage)
            self.post_message(messages.Failed(0, error))
        else:
            self.post_message(messages.SimilarFound(citation, found))

    def _surroundings(self, citation: Citation) -> Context | None:
        try:
            return self.backend.context(citation)
        except Exception:  # the quote itself is shown anyway; a paper removed since has no surroundings
            LOG.exception("context of %s", citation.passage)
            return None


def _command(line: str) -> tuple[str, str]:
    """The command before a question, "" for none, and the question."""
    for name in ("whatif", "ask"):
        if line.startswith(f"/{name}"):
            return name, line.removeprefix(f"/{name}").strip()
    return "", line

"""The threads of the chat: each is named, exclusive in its group, and touches no widget.

They post messages; the app's handlers change the screen. An exception becomes a message too, so that a
worker never ends the app.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING

from textual import work
from textual.worker import get_current_worker

from assistant.tui import messages
from assistant.tui.levers import Request
from assistant.tui.stage import Stage

if TYPE_CHECKING:
    from assistant.answering.engine import Context
    from assistant.evidence import Answer, Citation
    from assistant.tui.dialogue import Job
    from ingest.pipeline import Progress

LOG = logging.getLogger("senescope.chat")


class Workers(Stage):
    """What runs beside the screen."""

    @work(thread=True, exclusive=True, group="open", name="open the index")
    def run_opening(self) -> None:
        """Open the index, showing progress, then load what the first question needs."""
        begun = perf_counter()
        try:
            papers, passages = self.backend.open(self._progress)
            self.post_message(messages.Opened(papers, passages, self.backend.designs()))
            LOG.info(
                "index open after %.2f s: %d papers, %d passages", perf_counter() - begun, papers, passages
            )
            self.backend.warm()
            LOG.info("warm after %.2f s", perf_counter() - begun)
        except Exception as error:  # the border of the thread: whatever happened is shown on the screen
            LOG.exception("opening the index")
            self.post_message(messages.OpeningFailed(error))

    def _progress(self, step: Progress) -> None:
        self.post_message(messages.Progressed(step.stage, step.done, step.total))

    @work(thread=True, exclusive=True, group="answer", name="answer")
    def run_ask(self, job: Job) -> None:
        """Answer one question."""
        filters, history, length = self.dialogue.filters, tuple(self.dialogue.history()), self.dialogue.length
        try:
            answer = self.backend.ask(job.question, filters, history, length)
        except Exception as error:  # the border of the thread
            LOG.exception("answering turn %d", job.turn)
            self.post_message(messages.Failed(job.turn, error))
        else:
            self.post_message(messages.Answered(job.turn, answer))

    @work(thread=True, exclusive=True, group="whatif", name="what-if")
    def run_whatif(self, turn: int, asked: Request | str) -> None:
        """Compare two designs; a run that was overtaken by a newer one is dropped."""
        worker = get_current_worker()
        try:
            payload = self.backend.whatif(Request.typed(asked) if isinstance(asked, str) else asked)
        except Exception as error:  # the border of the thread
            LOG.exception("what-if of turn %d", turn)
            if turn or not worker.is_cancelled:
                self.post_message(messages.Failed(turn, error))
        else:
            if turn or not worker.is_cancelled:
                self.post_message(messages.Simulated(turn, payload))

    @work(thread=True, exclusive=True, group="contexts", name="quotes in context")
    def run_contexts(self, answer: Answer) -> None:
        """Read the surroundings of an answer's quotes."""
        worker = get_current_worker()
        found = [self._surroundings(citation) for citation in answer.citations]
        if not worker.is_cancelled:
            self.post_message(messages.ContextsRead(answer, found))

    def _surroundings(self, citation: Citation) -> Context | None:
        try:
            return self.backend.context(citation)
        except Exception:  # the quote itself is shown anyway; a paper removed since has no surroundings
            LOG.exception("context of %s", citation.passage)
            return None

"""The way of a question: written down, answered in a thread, shown, its evidence laid out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on

from assistant.tui import messages
from assistant.tui.stage import while_open
from assistant.tui.welcome import Welcome
from assistant.tui.work import Workers

if TYPE_CHECKING:
    from assistant.evidence import Answer
    from assistant.sessions.turns import Json

SETTLED = 0.05
"""Seconds between a turn and what belongs beside it: time to paint the one, and the keys that waited."""


class Questions(Workers):
    """What happens between Enter and the answer."""

    ready = False
    """The index is open."""
    broken = False
    """The index could not be opened: questions fail at once instead of waiting for it."""

    async def question(self, text: str) -> None:
        """Put a question in line and start on it when nothing else runs."""
        job = self.dialogue.begin(text)
        self.go("conversation")
        waiting = "Reading the evidence…" if self.ready else "Waiting for the index…"
        await self.conversation.begin(job.turn, text, waiting)
        self.next_job()

    def next_job(self) -> None:
        """Start on the next question, if the index is there and nothing runs."""
        if not (self.ready or self.broken):
            return
        job = self.dialogue.next()
        if job is None:
            return
        self._say(job.turn, "Reading the evidence…")
        self.run_job(job, self.dialogue.whatif)

    @on(messages.Modelled)
    @while_open
    def _modelled(self, event: messages.Modelled) -> None:
        running = self.dialogue.running
        if running is not None and running.turn == event.turn:
            self.whatif.working()
            self._say(event.turn, event.text)

    async def keep_whatif(self, line: str, payload: Json) -> None:
        """Write a finished run of the what-if room into the conversation."""
        from assistant.sessions.turns import compact

        turn = self.dialogue.record(line, "whatif", compact(payload))
        view = await self.conversation.begin(turn, line, "")
        await view.show_whatif(payload)

    def _say(self, turn: int, text: str) -> None:
        view = self.conversation.view(turn)
        if view is not None:
            view.say(text)

    @on(messages.Grounded)
    @while_open
    async def _grounded(self, event: messages.Grounded) -> None:
        answer = event.answer
        # Written down already: should the terminal die while the model writes, the quotes are kept.
        if not self.dialogue.keep(event.turn, answer.kind, answer.to_json(), answer.resolved):
            return
        view = self.conversation.view(event.turn)
        if view is not None:
            await view.show_grounded(answer, event.writer)
        await self.show_evidence(answer)

    @on(messages.Written)
    @while_open
    async def _written(self, event: messages.Written) -> None:
        running = self.dialogue.running
        view = self.conversation.view(event.turn)
        if running is not None and running.turn == event.turn and view is not None:
            await view.add_sentence(event.sentence)

    @on(messages.Answered)
    @while_open
    async def _answered(self, event: messages.Answered) -> None:
        answer = event.answer
        if not self.dialogue.finish(
            event.turn, answer.kind, answer.to_json(), answer.resolved, answer.run.seconds
        ):
            return
        self.dialogue.answers.append(answer)
        view = self.conversation.view(event.turn)
        if view is not None:
            await view.show_answer(answer, event.error)
        self.set_timer(SETTLED, partial(self.post_message, messages.EvidenceReady(answer)))
        self.next_job()

    @on(messages.EvidenceReady)
    @while_open
    async def _evidence_ready(self, event: messages.EvidenceReady) -> None:
        await self.show_evidence(event.answer)

    async def show_evidence(self, answer: Answer) -> None:
        """Put an answer's quotes into the evidence room, without moving the reader there."""
        if not answer.citations:
            return
        await self.evidence.show(answer)
        self.bar.count = len(answer.citations)
        self.beside("evidence")
        self.run_contexts(answer.citations)

    @on(messages.Simulated)
    @while_open
    async def _simulated(self, event: messages.Simulated) -> None:
        seconds = float(event.payload["run"]["seconds"])
        if not self.dialogue.finish(event.turn, "whatif", event.kept, "", seconds):
            return
        view = self.conversation.view(event.turn)
        if view is not None:
            await view.show_whatif(event.payload)
        self.tuner.forget()
        # After the turn is painted: both at once would hold the keyboard twice as long.
        self.set_timer(SETTLED, partial(self.post_message, messages.CurvesReady(event.payload)))
        self.next_job()

    @on(messages.CurvesReady)
    @while_open
    def _curves_ready(self, event: messages.CurvesReady) -> None:
        self.show_payload(event.payload)

    def begin_tuning(self) -> None:
        """Compare the two designs as they stand, so that the levers have something to move."""
        request = self.whatif.request
        self.whatif.controls.furnish([self.own_parameters(name) for name in (request.a, request.b)])
        self.whatif.working()
        self.tune(request)

    @on(messages.Tuned)
    @while_open
    def _tuned_came(self, event: messages.Tuned) -> None:
        if event.draft or self.tuner.current(event.request):
            self.whatif.tuned(event.payload, draft=event.draft)

    @on(messages.Failed)
    @while_open
    async def _failed(self, event: messages.Failed) -> None:
        self.whatif.idle()
        if not event.turn:
            self.complain(event.error)
            return
        if not self.dialogue.finish(event.turn, "failed", {"error": str(event.error)}):
            return
        view = self.conversation.view(event.turn)
        if view is not None:
            await view.show_error(event.error, event.question, event.guidance)
        self.next_job()

    @on(messages.Progressed)
    @while_open
    def _progressed(self, event: messages.Progressed) -> None:
        share = f" {100 * event.done // event.total} %" if event.total else ""
        self.bar.status = f"{event.stage}{share}"
        for welcome in self.base.query(Welcome):
            welcome.progress(event.stage, event.done, event.total)

    @on(messages.Opened)
    @while_open
    def _opened(self, event: messages.Opened) -> None:
        self.ready = True
        self.bar.corpus = f"{event.papers:,} papers"
        self.bar.status = ""
        self.whatif.designs(event.designs)
        for welcome in self.base.query(Welcome):
            welcome.ready()
        self.next_job()

    @on(messages.OpeningFailed)
    @while_open
    async def _opening_failed(self, event: messages.OpeningFailed) -> None:
        self.broken = True
        self.bar.status = "no index"
        for welcome in self.base.query(Welcome):
            welcome.ready()
        await self.panel_of(event.error)
        self.next_job()

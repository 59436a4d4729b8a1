"""What keys, slash commands and the palette do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from assistant.errors import InputError, SenescopeError
from assistant.tui import themes
from assistant.tui.commands import BY_NAME, LENGTHS, Command, parse, parse_filters
from assistant.tui.conversation import MOUNTED
from assistant.tui.exports import Exports, shown
from assistant.tui.messages import CitationOpened, Submitted
from assistant.tui.stage import while_open

if TYPE_CHECKING:
    from assistant.evidence import Citation
    from assistant.tui.rooms import Room
    from assistant.tui.screens import Choice


class CommandActions(Exports):
    """The actions, by name: keys, commands and the palette call the same ones."""

    @on(Submitted)
    @while_open
    async def _submitted(self, event: Submitted) -> None:
        if event.text.startswith("/"):
            try:
                command, argument = parse(event.text)
            except SenescopeError as error:
                self.complain(error)
            else:
                await self.run_command(command, argument)
            return
        await self.question(event.text)

    @shown
    async def run_command(self, command: Command, argument: str) -> None:
        """Run a slash command."""
        if command.needs_text and not argument:
            raise InputError(
                f"{command.usage}: something is missing after the name.", hint=command.help + "."
            )
        await getattr(self, f"action_{command.action}")(argument)

    @shown
    async def action_palette(self, name: str) -> None:
        """Run a command from the palette; one that needs text is typed into the input instead."""
        command = BY_NAME[name]
        if command.needs_text:
            self.go("conversation")
            self.prompt.fill(f"/{name} ")
            return
        await self.run_command(command, "")

    # ── rooms ──────────────────────────────────────────────────────────────────────────────────────

    @shown
    async def action_room(self, room: Room) -> None:
        """Go to a room."""
        if room == "evidence" and self.evidence.answer is None:
            await self._show_latest()
        self.go(room)
        if room == "whatif" and self.whatif.payload is None and self.ready:
            self.begin_tuning()

    @shown
    async def action_cancel(self) -> None:
        """Cancel what is in work; else go back to the input."""
        cancelled = self.dialogue.cancel()
        for turn in cancelled:
            view = self.conversation.view(turn)
            if view is not None:
                await view.show_stopped("cancelled")
        if cancelled:
            self.workers.cancel_group(self, "answer")
        self.go("conversation")

    def action_scroll_conversation(self, direction: int) -> None:
        """PgUp and PgDn in the input scroll the conversation: most of a page."""
        room = self.conversation
        room.scroll_relative(y=direction * max(1, room.size.height - 3), animate=False)

    @shown
    async def action_citation(self, n: int) -> None:
        """Open quote `n` of the answer in the evidence room, or of the latest."""
        if self.screen is not self.base:
            return
        answer = self.answer_in_focus()
        if answer is None or all(citation.n != n for citation in answer.citations):
            self.notify(f"This answer has no quote [{n}].", severity="warning", markup=False)
            return
        self.post_message(CitationOpened(answer, n))

    @shown
    async def action_evidence(self, argument: str = "") -> None:
        """`/evidence [N]`."""
        if not argument:
            await self.action_room("evidence")
        elif argument.strip("[]").isdigit():
            await self.action_citation(int(argument.strip("[]")))
        else:
            raise InputError(f"{argument!r} is no quote number.", hint="Type /evidence 2 for quote [2].")

    @shown
    async def action_sources(self, argument: str = "") -> None:
        """`/sources`: every paper cited in this session."""
        from assistant.sessions.plain import one_line

        seen: dict[str, Citation] = {}
        for answer in self.dialogue.all_answers():
            for citation in answer.citations:
                seen.setdefault(citation.paper, citation)
        lines = [
            Content.assemble((one_line(c.named), "bold"), f"\n  {one_line(c.title)}\n  ", (c.link, "dim"))
            for c in seen.values()
        ]
        text = Content("\n").join(lines) if lines else Content("Nothing was cited in this session yet.")
        from assistant.tui.screens import Page

        self.push_screen(Page(f"{len(seen)} papers cited", text))

    @shown
    async def action_help(self, argument: str = "") -> None:
        """F1: help for the place the reader is at."""
        from assistant.tui.keys import here
        from assistant.tui.screens import help_page

        nodes = [] if self.focused is None else list(self.focused.ancestors_with_self)
        places = [words for node in nodes if (words := getattr(node, "HELP", ""))]
        near, far = (
            {
                key: active.binding.tooltip or active.binding.description
                for key, active in here(self, self.screen, everywhere=everywhere).items()
            }
            for everywhere in (False, True)
        )
        self.push_screen(help_page(places, near, far))

    @shown
    async def action_log(self, argument: str = "") -> None:
        """`/log`."""
        from assistant.tui.logbook import tail
        from assistant.tui.screens import log_page

        self.push_screen(log_page(tail(self.settings.home)))

    # ── settings of the conversation ───────────────────────────────────────────────────────────────

    @shown
    async def action_whatif(self, argument: str = "") -> None:
        """`/whatif TEXT`."""
        await self.question(f"/whatif {argument}")

    @shown
    async def action_ask(self, argument: str = "") -> None:
        """`/ask QUESTION`: the papers, whatever the words look like."""
        await self.question(f"/ask {argument}")

    @shown
    async def action_keep_whatif(self) -> None:
        """`k` in the what-if room: write what the levers show into the conversation."""
        payload = self.whatif.settled
        if payload is None:
            raise InputError(
                "There is no finished run to keep yet.", hint="Wait for the full run, or change a lever."
            )
        if self.dialogue.holds_run(str(payload["run"]["id"])):
            self.notify("This run is a turn of the conversation already.")
            return
        await self.keep_whatif(self.whatif.request.line, payload)
        self.notify(f"Kept in the conversation; its id for --replay is {payload['run']['id']}.", markup=False)

    @shown
    async def action_add_lever(self) -> None:
        """`a` in the what-if room: a slider for another parameter."""
        from assistant.tui.dialogs import Chooser

        async def chosen(name: str | None) -> None:
            if name is not None:
                await self.whatif.controls.add(name)

        self.push_screen(Chooser("Add a lever", self.whatif.controls.others()), chosen)

    @shown
    async def action_filter(self, argument: str = "") -> None:
        """`/filter ...`: restrict the evidence of the questions that follow."""
        if argument:
            self.dialogue.filters = parse_filters(argument, self.dialogue.filters)
        words = self.dialogue.filters.describe()
        self.bar.filters = words
        self.notify(
            f"Evidence restricted to {words}." if words else "All evidence is searched.", markup=False
        )

    @shown
    async def action_only_paper(self, paper: str) -> None:
        """`p` on a card: the questions that follow search this paper alone."""
        await self.action_filter(f"paper={paper}")
        self.go("conversation")
        self.notify("The next questions search this paper alone; /filter off takes that back.")

    @shown
    async def action_model(self, argument: str = "") -> None:
        """`/model [none | PROVIDER:NAME]`: who writes the answers that follow."""
        from assistant.models.names import NONE, parse

        if argument:
            self.dialogue.model = NONE if argument.lower() == NONE else str(parse(argument))
        name = self.dialogue.model
        self.bar.model = "" if name == NONE else name
        words = "Answers are made of quotes; no model is asked." if name == NONE else f"{name} writes."
        self.notify(words + ("" if name == NONE else " Each sentence is checked against its quotes."))

    @shown
    async def action_length(self, argument: str = "") -> None:
        """`/length brief|default|full`."""
        from assistant.settings import nearest

        if argument not in LENGTHS:
            raise InputError(
                f"{argument!r} is no length{nearest(argument, LENGTHS)}.", hint=f"Use {', '.join(LENGTHS)}."
            )
        self.dialogue.length = argument
        self.notify(f"Answers are {argument} from now on.")

    @shown
    async def action_set_theme(self, argument: str = "") -> None:
        """`/theme [NAME]`; without a name the next one."""
        if not argument:
            place = themes.NAMES.index(self.theme) if self.theme in themes.NAMES else -1
            argument = themes.NAMES[(place + 1) % len(themes.NAMES)]
        name = themes.full_name(argument)
        if name is None:
            raise themes.unknown(argument)
        self.theme = name
        self.notify(
            f'{name}. To keep it: [chat] theme = "{name}" in {self.settings.config_file}', markup=False
        )

    # ── sessions ───────────────────────────────────────────────────────────────────────────────────

    @shown
    async def action_new_session(self, argument: str = "") -> None:
        """Begin a new session; the old one is kept."""
        await self.action_cancel()
        self.dialogue.restart()
        self.bar.kept = self.dialogue.keeping
        await self.conversation.restore(())
        self.go("conversation")

    @shown
    async def action_rename(self, argument: str = "") -> None:
        """`/rename TITLE`."""
        session = self.dialogue.rename(argument)
        if session is None:
            raise InputError("This session has no question yet.", hint="Ask one, then give it a title.")
        self.notify(f"This session is now “{session.title}”.", markup=False)

    @shown
    async def action_sessions(self, argument: str = "") -> None:
        """Ctrl+O: choose an earlier session."""
        from assistant.tui.screens import SessionPicker

        picker = SessionPicker(self.dialogue.sessions(), self.dialogue.search, argument)

        async def chosen(choice: Choice | None) -> None:
            if choice is None:
                return
            what, name = choice
            if what == "open":
                await self.open_session(name)
            elif what == "rename":
                self._ask_title(name)
            else:
                self.ask_export(name)

        self.push_screen(picker, chosen)

    def _ask_title(self, name: str) -> None:
        from assistant.tui.dialogs import Ask

        @shown
        async def named(app: CommandActions, title: str | None) -> None:
            if title is not None:
                session = app.dialogue.rename(title, name)
                app.notify(f"The session is now “{session.title if session else title}”.", markup=False)

        self.push_screen(Ask("Title of the session", self.dialogue.title(name)), partial(named, self))

    @shown
    async def open_session(self, name: str) -> None:
        """Continue a stored session."""
        self.dialogue.cancel()
        turns, hidden = self.dialogue.resume(name, MOUNTED)
        self.bar.kept = self.dialogue.keeping
        await self.conversation.restore(turns, hidden)
        await self._show_latest()
        last = next((turn for turn in reversed(turns) if turn.kind == "whatif"), None)
        if last is not None and last.payload is not None:
            self.show_payload(last.payload)
        self.go("conversation")

    async def _show_latest(self) -> None:
        """Lay out the quotes of the latest answer that has any: a refusal after it takes none away."""
        for answer in reversed(self.dialogue.answers):
            if answer.citations:
                await self.show_evidence(answer)
                return

    @shown
    async def action_leave(self, argument: str = "") -> None:
        """Leave."""
        self.exit()

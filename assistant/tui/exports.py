"""What leaves the chat: copies, exported sessions and what-ifs, saved designs, pages in a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from assistant.errors import EnvironmentFault, InputError, SenescopeError
from assistant.tui.questions import Questions

if TYPE_CHECKING:
    from assistant.evidence import Answer, Citation

_P = ParamSpec("_P")


def shown(action: Callable[_P, Awaitable[None]]) -> Callable[_P, Coroutine[Any, Any, None]]:
    """Turn an error of an action into a notice: a key press must never end the chat."""

    @wraps(action)
    async def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            await action(*args, **kwargs)
        except SenescopeError as error:
            app = args[0]
            assert isinstance(app, Questions)
            app.complain(error)

    return guarded


class Exports(Questions):
    """Copying and writing."""

    def answer_in_focus(self) -> Answer | None:
        """The answer the reader is at: of the focused sources, of the evidence room, or the latest."""
        from assistant.tui.sources import Sources

        if isinstance(self.focused, Sources):
            return self.focused.answer
        if self.bar.room == "evidence" and self.evidence.answer is not None:
            return self.evidence.answer
        # On the screen is also what a model is still writing over.
        shown_answers = self.conversation.answers or self.dialogue.answers
        return shown_answers[-1] if shown_answers else None

    @shown
    async def action_copy_answer(self, argument: str = "") -> None:
        """`/copy [N | bib]`: the answer in focus as Markdown, one quote, or the BibTeX of all."""
        from assistant.sessions.bibtex import bibtex
        from assistant.sessions.markdown import answer_markdown

        answer = self.answer_in_focus()
        if answer is None:
            raise InputError("There is no answer to copy yet.", hint="Ask a question first.")
        if argument == "bib":
            self._copy(bibtex(answer.citations), f"BibTeX of {len(answer.citations)} quotes")
        elif argument.strip("[]").isdigit():
            await self.action_copy_reference(int(argument.strip("[]")))
        elif argument:
            raise InputError(f"/copy {argument}: not understood.", hint="Use /copy, /copy 2 or /copy bib.")
        else:
            self._copy(answer_markdown(answer), "Answer")

    @shown
    async def action_copy_reference(self, n: int) -> None:
        """Copy one reference with its quote."""
        from assistant.sessions.markdown import reference

        citation = self._cited(n)
        self._copy(reference(citation) + "\n", f"Reference [{n}]")

    @shown
    async def action_copy_bibtex(self, n: int) -> None:
        """Copy the BibTeX entry of one reference."""
        from assistant.sessions.bibtex import entry

        self._copy(entry(self._cited(n)), f"BibTeX of [{n}]")

    def _cited(self, n: int) -> Citation:
        for citation in self.evidence.shown:
            if citation.n == n:
                return citation
        raise InputError(f"There is no quote [{n}].", hint="Open an answer's evidence first (F3).")

    def _copy(self, text: str, what: str) -> None:
        from assistant.tui import clipboard

        driver = self._driver
        self.notify(
            clipboard.copy(text, what, driver.write if driver is not None else None, self.settings.home),
            markup=False,
        )

    def action_open_page(self, address: str) -> None:
        """Open a paper's page; say the address when there is no browser to open it in."""
        import webbrowser

        if self.is_web:  # the reader's browser, not one of the machine that serves the chat
            self.open_url(address)
            self.notify(f"Asked the browser to open {address}", markup=False)
            return
        try:
            opened = webbrowser.open(address)
        except (webbrowser.Error, OSError):
            opened = False
        words = "Asked the browser to open" if opened else "No browser found here; the address is"
        self.notify(f"{words} {address}", markup=False)

    @shown
    async def action_export(self, argument: str = "") -> None:
        """`/export [FILE]`: the session; the ending of the name decides the format."""
        from assistant.tui.dialogue import UNKEPT

        session = self.dialogue.session
        if not self.dialogue.keeping:
            hint = "/copy takes an answer along; /log says why."
            if session is None:
                raise InputError(UNKEPT, hint=hint)
            self.notify(f"Turns that could not be written down are missing; {hint}", severity="warning")
        if session is None:
            raise InputError("There is nothing to export yet.", hint="Ask a question first.")
        self._write_session(session.id, argument or f"senescope-{session.id}.md")

    def ask_export(self, name: str) -> None:
        """Ask for a file, and write a stored session into it."""
        from assistant.tui.dialogs import Ask

        @shown
        async def named(app: Exports, target: str | None) -> None:
            if target is not None:
                app._write_session(name, target)

        hint = "The ending decides: .md, .json, .bib, or .zip with everything"
        self.push_screen(
            Ask("Export the session to", f"senescope-{name}.md", hint=hint), partial(named, self)
        )

    def _write_session(self, name: str, file: str) -> None:
        from pathlib import Path

        from assistant.sessions import bundle
        from assistant.sessions.bibtex import bibtex
        from assistant.sessions.markdown import markdown

        session, turns = self.dialogue.stored(name)
        target = Path(file).expanduser()
        if target.suffix == ".zip":
            bundle.write_bundle(session, turns, target)
        else:
            if target.suffix == ".json":
                text = bundle.dumped(bundle.session_json(session, turns))
            elif target.suffix == ".bib":
                text = bibtex(bundle.citations_of(turns))
            else:
                text = markdown(session, turns)
            try:
                target.write_text(text, encoding="utf-8", errors="replace")
            except OSError as error:
                raise EnvironmentFault(
                    f"{str(target)!r} cannot be written: {error}.", hint="/export OTHER.md"
                ) from error
        count = f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
        self.notify(f"{count} written to {target.resolve()}", markup=False)
        if self.is_web:  # the reader sits at another machine, perhaps
            self.deliver_binary(target)

    @shown
    async def action_save_design(self) -> None:
        """`s` in the what-if room: write the design of the lever in focus as a file."""
        from assistant.tui.dialogs import Ask
        from assistant.tui.slider import Slider

        side = self.focused.side if isinstance(self.focused, Slider) else "a"
        request = self.whatif.request

        @shown
        async def named(app: Exports, name: str | None) -> None:
            if name is None:
                return
            path = app.backend.model.save(request, side, name)
            app.whatif.designs(app.backend.model.designs())
            app.notify(f"Design {side.upper()} saved as {path}; it stands in both lists now.", markup=False)

        title = f"Save design {side.upper()} as"
        self.push_screen(Ask(title, placeholder="a name, such as low-density 4-1BB"), partial(named, self))

    @shown
    async def action_export_whatif(self) -> None:
        """`e` in the what-if room: write the comparison; the ending of the name decides how."""
        from pathlib import Path

        from assistant.tui.dialogs import Ask
        from assistant.tui.model import ENDINGS

        payload, request = self.whatif.payload, self.whatif.request
        if payload is None:
            raise InputError("There is no comparison to export yet.", hint="Change a lever first.")

        @shown
        async def named(app: Exports, name: str | None) -> None:
            if name is None:
                return
            path = app.backend.model.export(request, payload, Path(name).expanduser())
            app.notify(f"Comparison written to {path}", markup=False)

        self.push_screen(
            Ask(
                "Export this comparison to",
                f"whatif-{payload['run']['id']}.md",
                hint=f"The ending decides: {' '.join(ENDINGS)} (.xml and .ant hold design A as a model)",
            ),
            partial(named, self),
        )

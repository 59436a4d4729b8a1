"""Four themes: dark, light, high contrast, and one for colour-blind readers.

Colours only repeat what words and marks already say: design A is drawn solid and named, B is drawn
dotted and named, and a retraction is a word. `$design-a` and `$design-b` are the two curve colours.
"""

from __future__ import annotations

from textual.theme import Theme

from assistant.errors import ConfigError
from assistant.settings import nearest


def _variables(a: str, b: str, handle: str, track: str) -> dict[str, str]:
    """Colours that Textual does not name: both curves, and scroll bars that stay in the background."""
    return {
        "design-a": a,
        "design-b": b,
        "scrollbar": handle,
        "scrollbar-hover": a,
        "scrollbar-active": a,
        "scrollbar-background": track,
        "scrollbar-background-hover": track,
        "scrollbar-background-active": track,
        "scrollbar-corner-color": track,
    }


THEMES: tuple[Theme, ...] = (
    Theme(
        name="senescope-dark",
        primary="#6cb6c9",
        secondary="#8fa8d8",
        accent="#e0a458",
        warning="#e0a458",
        error="#e06c75",
        success="#8fbf7f",
        foreground="#d7dde0",
        background="#11171a",
        surface="#182025",
        panel="#1f2a30",
        variables=_variables("#6cb6c9", "#e0a458", "#2f3f47", "#11171a"),
    ),
    Theme(
        name="senescope-light",
        primary="#0b6478",
        secondary="#3d5a99",
        accent="#9a5b00",
        warning="#8a5200",
        error="#a8232e",
        success="#2f6b2f",
        foreground="#1d2528",
        background="#f6f5f1",
        surface="#eceae4",
        panel="#e0ddd5",
        dark=False,
        variables=_variables("#0b6478", "#9a5b00", "#b9b4a6", "#f6f5f1"),
    ),
    Theme(
        name="senescope-contrast",
        primary="#ffff55",
        secondary="#7fffff",
        accent="#7fffff",
        warning="#ffd700",
        error="#ff8080",
        success="#80ff80",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        text_alpha=1.0,
        # Frames without the focus and secondary text would be dark grey on black.
        variables=_variables("#ffff55", "#7fffff", "#ffffff", "#000000")
        | {"panel-lighten-2": "#b0b0b0", "text-muted": "#e0e0e0"},
    ),
    # Blue and orange of Okabe and Ito's palette, which stay apart in all common colour deficiencies.
    Theme(
        name="senescope-colourblind",
        primary="#56b4e9",
        secondary="#009e73",
        accent="#e69f00",
        warning="#f0e442",
        error="#d55e00",
        success="#009e73",
        foreground="#e6e6e6",
        background="#14161a",
        surface="#1b1f25",
        panel="#242a32",
        variables=_variables("#56b4e9", "#e69f00", "#3d4752", "#14161a"),
    ),
)
NAMES: tuple[str, ...] = tuple(theme.name for theme in THEMES)
DEFAULT = NAMES[0]


def full_name(name: str) -> str | None:
    """The theme meant by `light`, `senescope-light` or any beginning of those; None when there is none."""
    wanted = name.strip().lower().removeprefix("senescope-")
    return next((known for known in NAMES if wanted and known.startswith(f"senescope-{wanted}")), None)


def unknown(name: str) -> ConfigError:
    """The message for a theme that there is not."""
    return ConfigError(f"There is no theme {name!r}{nearest(name, NAMES)}.", hint=f"Use {', '.join(NAMES)}.")

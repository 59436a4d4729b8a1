"""Four themes: dark, light, high contrast, and one for colour-blind readers.

Colours only repeat what words and marks already say: design A is drawn solid and named, B is drawn
dotted and named, and a retraction is a word. `$design-a` and `$design-b` are the two curve colours.
"""

from __future__ import annotations

from textual.theme import Theme

from assistant.errors import ConfigError
from assistant.settings import nearest

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
        variables={"design-a": "#6cb6c9", "design-b": "#e0a458", "footer-key-foreground": "#6cb6c9"},
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
        variables={"design-a": "#0b6478", "design-b": "#9a5b00", "footer-key-foreground": "#0b6478"},
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
        variables={"design-a": "#ffff55", "design-b": "#7fffff", "footer-key-foreground": "#ffff55"},
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
        variables={"design-a": "#56b4e9", "design-b": "#e69f00", "footer-key-foreground": "#56b4e9"},
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

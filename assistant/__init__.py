"""Senescope: cited answers and design what-ifs about CAR-T cell senescence."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.evidence import Answer, Citation, Filters, Hit
    from assistant.facade import Senescope

__version__ = "0.1.0"
__all__ = ["Answer", "Citation", "Filters", "Hit", "Senescope", "__version__"]

_HOMES = {
    "Senescope": "facade",
    "Answer": "evidence",
    "Citation": "evidence",
    "Filters": "evidence",
    "Hit": "evidence",
}


def __getattr__(name: str) -> Any:
    # Not imported above: every command imports this package, and few need the values.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"assistant.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Holds a sentence of a model against the quotes that it cites: supported, contradicted or insufficient."""

from assistant.answering.verification.verifier import Verifier

__all__ = ["Verifier"]

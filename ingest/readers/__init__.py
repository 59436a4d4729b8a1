"""Readers: one module a format, file in, `Document` out."""

"""Turns papers into an index. Imports nothing from `assistant`."""

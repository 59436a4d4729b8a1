"""Senescope: cited answers and design what-ifs about CAR-T cell senescence."""

__version__ = "0.1.0"

"""Tidegate: executable spreads between crypto venues, both legs traded safely."""

__version__ = "0.1.0"

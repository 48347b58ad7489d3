"""Candles and recordings (built by a later issue)."""

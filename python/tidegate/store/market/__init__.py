"""Candle tables (built by a later issue)."""

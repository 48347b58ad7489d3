"""Backtest jobs (built by a later issue)."""

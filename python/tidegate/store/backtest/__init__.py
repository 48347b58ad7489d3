"""Backtest tables (built by a later issue)."""

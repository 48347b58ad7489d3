"""Facades of logging, metrics and traces."""

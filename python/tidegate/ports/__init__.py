"""Protocols of everything outside; each has at least two implementations and one contract test."""

"""Alembic scripts, packaged, so that the program can migrate from any directory."""

from typing import Final

HEAD: Final = "0009"
"""The newest revision; a test keeps it equal to the scripts'."""

"""Frozen structs: commands, queries, views, events, errors, configuration."""

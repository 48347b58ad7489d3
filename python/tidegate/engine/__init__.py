"""Runs the core: executes effects through ports, projects, recovers."""

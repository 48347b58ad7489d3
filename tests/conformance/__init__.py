"""Clients that nobody here wrote, against the simulated venues: run by `make conformance`."""

"""Composition: the only room that names concrete classes."""

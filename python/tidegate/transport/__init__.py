"""Sockets and HTTP, blind to venues."""

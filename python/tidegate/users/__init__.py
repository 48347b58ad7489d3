"""Accounts, passwords, tokens, roles."""

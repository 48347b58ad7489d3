"""Strategy plug-ins (built by a later issue)."""

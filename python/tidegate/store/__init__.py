"""Tables by owner, journal files, migrations."""

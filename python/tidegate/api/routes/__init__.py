"""One file per resource: ROUTES rows and handlers."""

"""Tables of users and sessions."""

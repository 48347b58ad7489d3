"""Rules, dispatch and channels of notifications (built by a later issue)."""

"""Engine and control as two processes (built by a later issue)."""

"""Cold halves of the venues: SPEC table, instruments, candles, session upkeep."""

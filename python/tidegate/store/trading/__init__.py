"""Tables that only the engine writes."""

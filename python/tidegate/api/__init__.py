"""The HTTP and WebSocket face."""

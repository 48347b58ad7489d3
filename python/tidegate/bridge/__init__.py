"""The bridge: a process of its own that offers one exchange of ccxt over our own wire (docs/bridge.md).

Nothing of the trading process imports this room, and `ccxt` is imported in it alone.
"""

"""App-blind widgets: they know the theme and the contract's plain data, never the server or a feature."""

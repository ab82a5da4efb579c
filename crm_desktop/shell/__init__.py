"""The main window: rail, tabs, palette, log-in."""

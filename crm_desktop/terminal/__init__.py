"""The stock terminal: a full screen of its own, a scanner, gloves, and a network that may be gone."""

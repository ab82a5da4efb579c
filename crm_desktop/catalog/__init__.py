"""Products: list, card."""

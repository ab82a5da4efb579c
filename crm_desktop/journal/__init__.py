"""Journals: documents of all kinds, letters, the action journal."""

"""Balances and reservations."""

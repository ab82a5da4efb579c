"""Customers and suppliers: list, card."""

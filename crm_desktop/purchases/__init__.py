"""Buying: prices of suppliers, and incoming УПД."""

"""The desktop of a person."""

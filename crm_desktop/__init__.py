"""The desktop client of Окно CRM (PySide6)."""

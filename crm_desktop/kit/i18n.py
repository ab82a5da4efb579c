"""Texts of the interface: Russian in the source, other languages by Qt translation files."""

from PySide6.QtCore import QCoreApplication


def tr(text: str, count: int = -1) -> str:
    """The text in the language of the interface; `%n` takes `count` with its plural form.

    One context for the whole client: `pyside6-lupdate` finds a bare `tr("…")`, so pass a literal.
    """
    return QCoreApplication.translate("", text, None, count)

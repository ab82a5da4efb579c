"""The order of the Tab key for widgets that were made later than their neighbours."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_through(*widgets: QWidget) -> None:
    """Qt puts a new widget at the end of the window's order; this puts it between the ones it stands between."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


def tab_into(place: QWidget, *widgets: QWidget) -> None:
    """Puts new widgets where `place`, which takes no focus itself, stands in the order of the window."""
    before = place.previousInFocusChain()
    while before is not None and before is not place and (
            before in widgets or not before.focusPolicy() & Qt.FocusPolicy.TabFocus):
        before = before.previousInFocusChain()
    if before is not None and before is not place:
        tab_through(before, *widgets)

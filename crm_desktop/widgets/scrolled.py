"""Scroll areas without a frame, on the ground of their page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


def scrolled(content: QWidget) -> QScrollArea:
    """Scrolls up and down; the content is as wide as the place."""
    area = _area()
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = QWidget()
    holder.setProperty("role", "scrolled")
    stack = QVBoxLayout(holder)
    stack.setContentsMargins(0, 0, 0, 0)
    area.setWidget(holder)
    stack.addWidget(content)  # last: the area measures at once what it is given
    return area


def scrolled_sideways(content: QWidget) -> QScrollArea:
    """Scrolls left and right by wheel, touch and focus, without a bar under a strip of cards."""
    area = _area()
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def _area() -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area

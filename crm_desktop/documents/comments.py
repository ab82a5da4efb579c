"""Comments of a document: what was said, and a place to add (Ctrl+M)."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.documents import CommentRead
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.pills import Avatar
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.text_fields import MultilineEdit


def open_comments(parent: QWidget, comments: Sequence[CommentRead], add: Callable[[str], object]) -> Dialog:
    """The newest last, the field below them."""
    dialog = Dialog(parent, tr("Комментарии"), width=560)
    if comments:
        dialog.body.addWidget(scrolled(_said(comments)), 1)
    text = MultilineEdit(tr("Новый комментарий"), required=True, lines=3, max_length=4000)
    dialog.add(text)

    def go() -> None:
        if text.validate():
            dialog.accept()
            add(text.value())
        else:
            text.setFocus()

    dialog.add_button(tr("Закрыть"))
    dialog.add_button(tr("Добавить"), go, ButtonKind.PRIMARY)
    dialog.resize(560, 460 if comments else 260)
    dialog.open()
    text.setFocus()
    return dialog


def _said(comments: Sequence[CommentRead]) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for item in comments:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(row(Label(item.author, FontRole.STRONG), caption(formatting.moment_near(item.at)), None))
        words.addWidget(Label(item.text, wrap=True))
        column.addLayout(row(_top(Avatar(item.author)), words, gap=10))
    column.addStretch(1)
    return holder


def _top(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addWidget(widget)
    column.addStretch(1)
    return column

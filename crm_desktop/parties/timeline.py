"""The feed of a party: everything that happened, by day, and a line to write a note."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.documents import KINDS
from crm_contract.lists import Choice, Tone
from crm_contract.parties import TimelineEntry
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.buttons import IconButton
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import Label, Link, caption, rule
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.pills import KeyCap
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.segmented import Segmented

ALL, NOTES, DOCUMENTS = "all", "note", "document"
_LOOKS = {"note": (Icon.CHAT, Tone.OK), "change": (Icon.PENCIL, Tone.NEUTRAL), "letter": (Icon.ENVELOPE, Tone.INFO),
          "payment": (Icon.MONEY, Tone.OK)}


class TimelineCard(Card):
    """`noted(text)`: the person wrote a note; `opened(kind, id)`: a document of the feed."""

    noted = Signal(str)
    opened = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Лента"), ruled=True, margins=False, parent=parent)
        self._entries: list[TimelineEntry] = []
        choices = [Choice(ALL, tr("Всё")), Choice(NOTES, tr("Заметки")), Choice(DOCUMENTS, tr("Документы"))]
        self._filter = Segmented(choices, ALL, name=tr("Что показать в ленте"))
        self._filter.changed.connect(self._show)
        holder = QWidget()
        self._feed = QVBoxLayout(holder)
        self._feed.setContentsMargins(15, 4, 15, 12)
        self._feed.setSpacing(8)
        self.note = LineEdit()
        self.note.setPlaceholderText(tr("Комментарий"))
        self.note.setAccessibleName(tr("Комментарий"))
        self.note.setMaxLength(4000)
        self.note.add_trailing(KeyCap("Ctrl+M"))
        self.note.entered.connect(self._send)
        self._sender = IconButton(Icon.SEND, tr("Записать комментарий"), key="Enter")
        self._sender.clicked.connect(self._send)
        top = row(self._filter, None)
        top.setContentsMargins(15, 10, 15, 6)
        foot = row(self.note, self._sender)
        foot.setContentsMargins(11, 10, 11, 10)
        self.add(top)
        self.add(scrolled(holder), 1)
        self.add(rule())
        self.add(foot)

    def focus_note(self) -> None:
        """Ctrl+M."""
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        self._entries = list(entries)
        self._show()

    def keep_note(self, text: str) -> None:
        """A note that could not be sent comes back."""
        if not self.note.text():
            self.note.setText(text)

    def _send(self) -> None:
        text = self.note.text().strip()
        if text:
            self.note.clear()
            self.noted.emit(text)

    def _show(self) -> None:
        while (item := self._feed.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        shown = [entry for entry in self._entries if self._passes(entry)]
        day: date | None = None
        for entry in shown:
            at = formatting.local(entry.at).date()
            if at != day:
                day = at
                self._feed.addWidget(Label(day_words(entry.at), FontRole.CAPTION_STRONG, "muted"))
            self._feed.addWidget(self._entry(entry))
        if not shown:
            self._feed.addWidget(caption(tr("Пока ничего не было")))
        self._feed.addStretch(1)

    def _passes(self, entry: TimelineEntry) -> bool:
        wanted = self._filter.value()
        if wanted == DOCUMENTS:
            return entry.document_id is not None
        return wanted == ALL or entry.kind == wanted

    def _entry(self, entry: TimelineEntry) -> QWidget:
        kind = KINDS.get(entry.document_kind)
        icon, tone = _LOOKS.get(entry.kind, (kind.icon if kind else Icon.FILE, Tone.VIOLET))
        column = QVBoxLayout()
        column.setSpacing(1)
        id = entry.document_id
        if id is not None and kind is not None:
            column.addWidget(self._link(entry.title, lambda: self.opened.emit(kind.code, id)))
        else:
            column.addWidget(Label(entry.title, FontRole.MEDIUM, wrap=True))
        where = " · ".join(part for part in (formatting.time_of_day(entry.at), entry.person) if part)
        column.addWidget(Label(where, FontRole.CAPTION, "muted", wrap=True))
        if entry.text:
            column.addWidget(Label(entry.text, FontRole.CAPTION, wrap=True))
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(_Mark(icon, tone), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column, 1)
        return holder

    @staticmethod
    def _link(text: str, run: Callable[[], None]) -> Link:
        link = Link(text)
        link.clicked.connect(run)
        return link


def day_words(at: datetime) -> str:
    words = formatting.moment_near(at).rsplit(" ", 1)[0] if ":" in formatting.moment_near(at) else formatting.day(at)
    return words[:1].upper() + words[1:]


class _Mark(QWidget):
    """The icon of an entry in a round fill of its tone."""

    def __init__(self, icon: str, kind: Tone) -> None:
        super().__init__()
        self._icon = str(icon)
        self._ink = kind.value
        self.setFixedSize(26, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 13, color(f"{self._ink}.fill"))
        draw_icon(painter, QRectF(6, 6, 14, 14), self._icon, self._ink)

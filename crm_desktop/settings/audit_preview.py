"""A row of the journal beside the list: what was and what became, whether its seal holds, what else happened."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crm_contract.audit import AUDIT_ACTIONS, AUDIT_ENTITIES, AuditBeside, AuditEntry
from crm_contract.lists import Tone
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import tone
from crm_desktop.lists.preview import IconLine, LoadedPreview, Row
from crm_desktop.settings.audit_words import Change, changes_of
from crm_desktop.widgets.cards import column, row
from crm_desktop.widgets.labels import ElidedLabel, Label, caption
from crm_desktop.widgets.painting import box

_ENTITIES = {choice.code: choice.title for choice in AUDIT_ENTITIES}
_ACTIONS = {choice.code: choice for choice in AUDIT_ACTIONS}
GAP = 8


def open_subject(app: AppContext, row: Row) -> None:
    """The object of a journal row, where the program has a page for it."""
    entity, id = str(row.get("entity") or ""), row.get("entity_id")
    if id and app.navigator.knows(entity):
        app.navigator.open(entity, int(id))


class AuditPreview(LoadedPreview[AuditEntry]):
    head = "title"

    def load(self, key: int) -> AuditEntry:
        return self.app.api.get(f"/api/audit/{key}", AuditEntry)

    def show_answer(self, entry: AuditEntry) -> None:
        self.clear()
        action = _ACTIONS.get(entry.action)
        self.show_head(entry.title or _ENTITIES.get(entry.entity, entry.entity),
                       _ENTITIES.get(entry.entity, entry.entity), action.title if action else entry.action,
                       action.tone if action else Tone.NEUTRAL)
        facts: list[QWidget] = [IconLine(icon, text) for icon, text in (
            (Icon.CLOCK, formatting.day_time(entry.at)), (Icon.USER, entry.person), (Icon.MAP_PIN, entry.address))
            if text]
        if entry.reason:
            facts.append(Label(entry.reason, FontRole.CAPTION, "muted", wrap=True))
        self.add_block("", facts)
        changes = changes_of(entry.entity, entry.before, entry.after)
        if changes:
            self.add_block(tr("Было и стало"), [ChangeLine(change) for change in changes])
        self.add_block(tr("Целостность записи"), _seal_lines(entry))
        if entry.beside:
            self.add_block(tr("Ещё об этом объекте"), [_beside(other) for other in entry.beside])


class ChangeLine(QWidget):
    """The title of a field, what it was struck out on red, what it became on green."""

    def __init__(self, change: Change, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        holder = column(caption(change.title), gap=2)
        values = [Value(text, kind, struck=struck) for text, kind, struck in (
            (change.before, Tone.ERROR, True), (change.after, Tone.OK, False)) if text]
        for value in values:
            holder.addWidget(value)
        self.setLayout(holder)
        self.setAccessibleName(tr("{title}: было «{before}», стало «{after}»").format(
            title=change.title, before=change.before, after=change.after))


class Value(QWidget):
    """A text on the fill of its tone, over as many lines as it needs."""

    def __init__(self, text: str, kind: Tone, *, struck: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone, self._struck = text, kind, struck
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        metrics = QFontMetrics(font(FontRole.CAPTION_MEDIUM))
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        return metrics.boundingRect(0, 0, max(40, width - 2 * GAP), 10_000, flags, self._text).height() + 8

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(220))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tone(self._tone)
        box(painter, self.rect(), 4, QColor(colors.fill))
        face = QFont(font(FontRole.CAPTION_MEDIUM))
        face.setStrikeOut(self._struck)
        painter.setFont(face)
        painter.setPen(QColor(colors.text))
        area = QRectF(self.rect()).adjusted(GAP, 4, -GAP, -4)
        painter.drawText(area, Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere, self._text)


def _seal_lines(entry: AuditEntry) -> Sequence[QWidget]:
    if entry.seal is None:
        return [IconLine(Icon.HOURGLASS, tr("будет опечатана в течение минуты"))]
    holds = (IconLine(Icon.CHECK_CIRCLE_FILL, tr("печать верна"), tone="ok") if entry.seal.holds else
             IconLine(Icon.X_CIRCLE_FILL, tr("запись изменена после опечатывания"), tone="error"))
    return [holds, *(_fact(title, text) for title, text in (
        (tr("Номер"), formatting.integer(entry.seal.number)), (tr("Отпечаток"), _short(entry.seal.chain)),
        (tr("Предыдущая"), _short(entry.seal.previous) or tr("первая"))))]


def _fact(title: str, text: str) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(caption(title), None, Label(text, FontRole.CAPTION_MEDIUM, tabular=True)))
    return holder


def _short(digest: str) -> str:
    return f"{digest[:4]} {digest[4:8]} … {digest[-4:]}" if digest else ""


def _beside(other: AuditBeside) -> QWidget:
    action = _ACTIONS.get(other.action)
    words = other.reason or (action.title if action else other.action)
    holder = QWidget()
    line = row(caption(formatting.moment_near(other.at)), ElidedLabel(f"{other.person} · {words}", FontRole.CAPTION))
    line.setStretch(1, 1)
    holder.setLayout(line)
    return holder

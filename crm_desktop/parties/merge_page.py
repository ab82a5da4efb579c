"""Merging of doubles: the parties side by side, who stays, whose value wins in each field, what moves."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_contract.base import Created
from crm_contract.lists import Tone
from crm_contract.parties import MergeCandidate, PartyCard
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.theme import color
from crm_desktop.lists.picks import pick_search
from crm_desktop.parties.api import PartiesApi
from crm_desktop.parties.merge_choice import FIELDS, differing, first_choices, kind_words, likeliest, merge_body
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE, Card, row
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.labels import ElidedLabel, Label, caption, title
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.row_button import RowButton
from crm_desktop.widgets.scrolled import scrolled

MOST = 6
HINT = tr("Выберите, кто остаётся и чьи значения верны. Документы, контакты, объекты и счета дублей перейдут к нему, "
          "сами дубли уйдут в архив. Отменить объединение нельзя.")


def open_merge(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return MergePage(app, [int(one) for one in params.get("ids", ())])


class MergePage(Page):
    """`party_merge` with the parameter `ids`; more parties are added on the page."""

    watches = frozenset({"party"})

    def __init__(self, app: AppContext, ids: Sequence[int]) -> None:
        super().__init__(tr("Объединение дублей"))
        self.setObjectName("page")
        self.app = app
        self._api = PartiesApi(app.api)
        self._ids = list(dict.fromkeys(ids))[:MOST]
        self.candidates: list[MergeCandidate] = []
        self.kept = 0
        self.choices: dict[str, int] = {}
        self.messages = MessageBar()
        self.merge = Button(tr("Объединить"), ButtonKind.PRIMARY, icon=Icon.CHECK, key="Ctrl+S")
        self.merge.clicked.connect(self.ask_merge)
        self.add = RefEdit("", pick_search(app, "party"), hint=tr("Добавить контрагента"))
        self.add.chosen.connect(lambda picked: self._add(picked.id))
        self.add.setFixedWidth(fonts.px(280))
        self._groups: list[QButtonGroup] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(CARD_GAP)
        self._grid.setVerticalSpacing(6)
        self._lay_out()
        app.shortcuts.bind(self, "record.save", self.ask_merge, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # --- Page ------------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if not self.candidates:
            self.load()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if ids is None or set(ids) & set(self._ids):
            self.load()

    def state(self) -> dict[str, Any]:
        return {"ids": self._ids}

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    # --- inside ----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        if self._ids:
            ids = list(self._ids)
            self.app.tasks.run(self, lambda: self._api.merge_candidates(ids), self.show_candidates, key="read")

    def show_candidates(self, candidates: Sequence[MergeCandidate]) -> None:
        self.candidates = list(candidates)
        if self.kept not in {found.card.id for found in candidates}:
            self.kept = likeliest(candidates)
        self._choose_kept(self.kept)
        checked = self._groups[0].checkedButton() if self._groups else None
        (checked or self.add).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_merge(self) -> None:
        doubles = [found.card for found in self.candidates if found.card.id != self.kept]
        if not doubles:
            self.messages.show_message(tr("Добавьте хотя бы один дубль"), Tone.WARN, key="few")
            self.add.setFocus()
            return
        moved = sum(move.count for found in self.candidates if found.card.id != self.kept for move in found.moves)
        rows = formatting.plural(moved, tr("запись"), tr("записи"), tr("записей"))
        kept = next(found.card.name for found in self.candidates if found.card.id == self.kept)
        confirm(self, tr("Объединить с «{kept}»?").format(kept=kept),
                tr("В архив уйдут: {names}. К «{kept}» перейдёт: {rows}. Отменить нельзя.").format(
                    names=", ".join(f"«{card.name}»" for card in doubles), kept=kept, rows=rows),
                tr("Объединить"), self._merge)

    def _merge(self) -> None:
        body = merge_body(self._cards, self.kept, self.choices)
        self.app.tasks.run(self, partial(self._api.merge, self.kept, body), self._merged, key="merge", busy=self.merge)

    def _merged(self, created: Created) -> None:
        self.app.navigator.open("party", created.id)
        self.closed.emit()

    @property
    def _cards(self) -> list[PartyCard]:
        return [found.card for found in self.candidates]

    def _add(self, id: int) -> None:
        self.add.set_value(None)
        self.messages.dismiss("few")
        if id not in self._ids and len(self._ids) < MOST:
            self._ids.append(id)
            self.load()

    def _choose_kept(self, id: int) -> None:
        self.kept = id
        self.choices = first_choices(self._cards, id)
        self._show()

    def _choose(self, field: str, id: int) -> None:
        self.choices[field] = id

    def _lay_out(self) -> None:
        card = Card()
        card.add(self._grid)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(row(title(self.title), None, self.add, self.merge))
        outer.addWidget(self.messages)
        outer.addWidget(Label(HINT, FontRole.BODY, "muted", wrap=True))
        holder = QWidget()
        stack = QVBoxLayout(holder)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(card)
        stack.addStretch(1)
        outer.addWidget(scrolled(holder), 1)

    def _show(self) -> None:
        self._clear()
        self._grid.setColumnMinimumWidth(0, fonts.px(130))
        for number in range(1, len(self.candidates) + 1):
            self._grid.setColumnStretch(number, 1)
        self._add_choice(0, tr("Кто остаётся"), "", {
            found.card.id: found.card.name for found in self.candidates}, self.kept, self._choose_kept)
        for number, found in enumerate(self.candidates, 1):
            self._grid.addWidget(ElidedLabel(_about(found.card), FontRole.CAPTION, "muted"), 1, number)
        line = 2
        for field in differing(self._cards):
            values = {card.id: field.words(card) for card in self._cards}
            self._add_choice(line, field.title, field.code, values, self.choices[field.code],
                             partial(self._choose, field.code))
            line += 1
        same = len(FIELDS) - (line - 2)
        self._grid.addWidget(caption(tr("Перейдёт от дубля")), line, 0, Qt.AlignmentFlag.AlignTop)
        for number, found in enumerate(self.candidates, 1):
            self._grid.addWidget(_moves(found, stays=found.card.id == self.kept), line, number)
        self._grid.addWidget(caption(tr("Одинаковых полей: {count}").format(count=same)), line + 1, 0, 1, 3)
        self.merge.setText(tr("Объединить {count}").format(count=len(self.candidates)) if len(self.candidates) > 1
                           else tr("Объединить"))

    def _add_choice(self, line: int, heading: str, code: str, values: Mapping[int, str], chosen: int,
                    choose: Any) -> None:
        """One row of cells, of which one is chosen; an empty value cannot win."""
        self._grid.addWidget(caption(heading), line, 0)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self._groups.append(group)
        for number, (id, words) in enumerate(values.items(), 1):
            cell = ValueCell(words, tr("{field}: {value}").format(field=heading, value=words or tr("пусто")),
                             strong=not code)
            cell.setChecked(id == chosen)
            cell.setEnabled(bool(words))
            cell.clicked.connect(lambda checked=False, id=id: choose(id))
            group.addButton(cell)
            self._grid.addWidget(cell, line, number)

    def _clear(self) -> None:
        for group in self._groups:
            group.deleteLater()
        self._groups = []
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class ValueCell(RowButton):
    """A value that may win; Left and Right go along the row, Space chooses."""

    def __init__(self, text: str, name: str, *, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._text = text
        self._strong = strong
        self.setCheckable(True)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(140, fonts.px(36 if self._strong else 32))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        ground = "soft" if on else "hover" if self.underMouse() and self.isEnabled() else "surface"
        box(painter, QRectF(self.rect()), 6, color(ground), color("accent" if on else "border"))
        if on:
            draw_icon(painter, QRectF(self.width() - 24, self.height() / 2 - 7, 14, 14), Icon.CHECK_BOLD, "accent")
        painter.setFont(font(FontRole.STRONG if self._strong else FontRole.BODY))
        painter.setPen(color("text" if self._text else "faint"))
        room = QRectF(self.rect()).adjusted(10, 0, -30 if on else -10, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided(
            painter.fontMetrics(), self._text or tr("пусто"), int(room.width())))


def _about(card: PartyCard) -> str:
    made = formatting.day(formatting.local(card.created_at).date())
    return tr("{kind} · создан {made}").format(kind=kind_words(card), made=made)


def _moves(found: MergeCandidate, *, stays: bool) -> QWidget:
    holder = QWidget()
    lines = QVBoxLayout(holder)
    lines.setContentsMargins(10, 4, 0, 4)
    lines.setSpacing(2)
    if stays:
        lines.addWidget(caption(tr("остаётся, его записи не меняются"), "ok"))
    for move in () if stays else found.moves:
        lines.addLayout(row(Label(move.title, FontRole.BODY), None, Label(str(move.count), FontRole.STRONG)))
    if not stays and not found.moves:
        lines.addWidget(caption(tr("ничего")))
    lines.addStretch(1)
    return holder

"""The bar under the lines: which line asks for more than is free, and the one-click cures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.documents import FreeElsewhere
from crm_contract.lists import Tone
from crm_contract.stock import ExpectedRead
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.bars import Action, InlineBar
from crm_desktop.widgets.line_rows import Line

#: Other places offered at most: more buttons than that nobody reads.
MAX_PLACES = 2


@dataclass(frozen=True, slots=True)
class Cures:
    """What the buttons do: take what is there, drop the line, take the goods from another place."""

    take: Callable[[int, Decimal], object]
    drop: Callable[[int], object]
    move: Callable[[FreeElsewhere], object]


class ShortageBar(QWidget):
    """Empty it takes no room. Remakes its bar only when what it says changes."""

    def __init__(self, cures: Cures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cures = cures
        self._said: object = None
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_shortages(self, short: Sequence[tuple[int, Line]], current: int, place: str,
                       elsewhere: Sequence[FreeElsewhere], expected: Sequence[ExpectedRead] = ()) -> None:
        """`short` from the table; the current line goes first. `elsewhere` and `expected` are about that line."""
        chosen = chosen_line(short, current)
        said = chosen and (chosen[0], chosen[1].quantity, chosen[1].free, place, tuple(
            (item.place_id, item.free) for item in elsewhere), coming_text(expected), len(short))
        if said == self._said:
            return
        self._said = said
        while (item := self._stack.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if chosen is not None:
            self._stack.addWidget(self._bar(chosen[0], chosen[1], place, elsewhere, expected, len(short) - 1))
        self.setVisible(chosen is not None)

    def _bar(self, number: int, line: Line, place: str, elsewhere: Sequence[FreeElsewhere],
             expected: Sequence[ExpectedRead], others: int) -> InlineBar:
        free = max(line.free or Decimal(0), Decimal(0))
        actions: list[Action] = []
        if free > 0:
            actions.append((tr("Взять {count}").format(count=formatting.quantity(free)),
                            lambda: self._cures.take(number, free)))
        else:
            actions.append((tr("Убрать строку"), lambda: self._cures.drop(number)))
        for item in elsewhere[:MAX_PLACES]:
            title = tr("Со склада «{place}» · есть {count}").format(
                place=item.place, count=formatting.quantity(item.free))
            actions.append((title, lambda chosen=item: self._cures.move(chosen)))
        words = " ".join(filter(None, (shortage_text(line, place, others), coming_text(expected))))
        return InlineBar(
            words, Tone.WARN, lead=tr("Строка {number}:").format(number=number + 1),
            actions=actions, buttons=True, square=True)


def chosen_line(short: Sequence[tuple[int, Line]], current: int) -> tuple[int, Line] | None:
    """The current line if it is short, else the first short one."""
    return next((item for item in short if item[0] == current), short[0] if short else None)


def coming_text(expected: Sequence[ExpectedRead]) -> str:
    """«Ожидается 20 к 05.12.2026 (ЗС-000012)»: the soonest one, and how many more papers bring some."""
    if not expected:
        return ""
    soonest, *others = expected
    due = tr(" к {day}").format(day=formatting.day(soonest.due)) if soonest.due else ""
    text = tr("Ожидается {n}{due} ({document})").format(
        n=formatting.quantity(soonest.quantity), due=due, document=soonest.document)
    return f"{text}{tr(' и ещё в документах: {n}').format(n=len(others)) if others else ''}."


def shortage_text(line: Line, place: str, others: int) -> str:
    where = tr("на складе «{place}» ").format(place=place) if place else ""
    asked = f"{formatting.quantity(line.quantity)} {line.unit_title}".strip()
    text = tr("{where}свободно {free} из {asked}.").format(
        where=where, free=formatting.quantity(max(line.free or Decimal(0), Decimal(0))), asked=asked)
    return f"{text} {tr('И ещё строк: {count}').format(count=others)}" if others else text

"""What a person has decided of the lines of a УПД. Pure: no Qt."""

from collections.abc import Sequence
from enum import StrEnum

from crm_contract.base import Ref
from crm_contract.incoming_upd import Match, UpdChoice, UpdLine, UpdRead
from crm_contract.lists import Choice, Tone
from crm_desktop.kit.i18n import tr


class Fate(StrEnum):
    """How a line stands: found, chosen by hand, to be made, in doubt, unknown."""

    SURE = "sure"
    CHOSEN = "chosen"
    NEW = "new"
    DOUBT = "doubt"
    NONE = "none"


def fates() -> tuple[Choice, ...]:
    return (Choice(Fate.SURE, tr("Найден"), Tone.OK), Choice(Fate.CHOSEN, tr("Выбран"), Tone.OK),
            Choice(Fate.NEW, tr("Новый"), Tone.VIOLET), Choice(Fate.DOUBT, tr("Проверьте"), Tone.WARN),
            Choice(Fate.NONE, tr("Не найден"), Tone.ERROR))


_OPEN = frozenset({Fate.DOUBT, Fate.NONE})


class Choices:
    """Decisions by the number of the line. A sure line is decided; a doubtful one waits for a nod."""

    def __init__(self, read: UpdRead) -> None:
        self._lines = {line.number: line for line in read.lines}
        self._chosen: dict[int, Ref] = {}
        self._new: set[int] = set()

    def take_over(self, other: "Choices") -> None:
        """What was decided by hand stays when the paper is matched anew, for another supplier."""
        self._chosen = {number: ref for number, ref in other._chosen.items() if number in self._lines}
        self._new = other._new & self._lines.keys()

    def choose(self, number: int, product: Ref | None) -> None:
        """A product by hand; None takes the decision back."""
        self._new.discard(number)
        if product is None:
            self._chosen.pop(number, None)
        else:
            self._chosen[number] = product

    def make_new(self, number: int) -> None:
        self._chosen.pop(number, None)
        self._new.add(number)

    def accept(self, number: int) -> bool:
        """The proposed product is right; False when nothing is proposed."""
        line = self._lines[number]
        if line.candidates:
            self.choose(number, line.candidates[0].product)
        return bool(line.candidates)

    def fate(self, line: UpdLine) -> Fate:
        if line.number in self._new:
            return Fate.NEW
        if line.number in self._chosen:
            return Fate.CHOSEN
        return {Match.SURE: Fate.SURE, Match.DOUBT: Fate.DOUBT, Match.NONE: Fate.NONE}[line.match]

    def product(self, line: UpdLine) -> Ref | None:
        """The chosen or the proposed one."""
        if line.number in self._new:
            return None
        chosen = self._chosen.get(line.number)
        return chosen or (line.candidates[0].product if line.candidates else None)

    def open_lines(self) -> list[int]:
        """Numbers of the lines that still wait for a decision."""
        return [number for number, line in self._lines.items() if self.fate(line) in _OPEN]

    def next_open(self, after: int) -> int | None:
        """The next line to decide, from the top again behind the last."""
        waiting = self.open_lines()
        return next((number for number in waiting if number > after), waiting[0] if waiting else None)

    def count(self, fate: Fate) -> int:
        return sum(self.fate(line) is fate for line in self._lines.values())

    def body(self) -> Sequence[UpdChoice]:
        found: list[UpdChoice] = []
        for number, line in self._lines.items():
            product = self.product(line)
            found.append(UpdChoice(number=number, create=number in self._new,
                                   product_id=product.id if product is not None else None))
        return found

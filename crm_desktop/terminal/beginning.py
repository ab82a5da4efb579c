"""How an operation begins: with a planned document, and a count anew at each place."""

import uuid
from collections.abc import Sequence

from crm_contract.base import Ref
from crm_contract.lists import Tone
from crm_contract.terminal import Task, TaskLine, TerminalPlace
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.answers import Line
from crm_desktop.terminal.operation import Open


def open_task(task: Task) -> Open:
    """Planned work with nothing scanned yet."""
    lines = [_planned(line) for line in task.lines]
    opened = Open(
        command=task.operation, document_id=task.id, version=task.version, number=task.number, party_name=task.party,
        place=task.place, place_to=task.place_to, lines=lines)
    if not opened.operation.counts or task.place is None:
        return opened
    opened.again = [line.model_copy(update={"line_id": None}) for line in lines]
    return counted_at(opened, task.place, (task.place.title,))


def _planned(line: TaskLine) -> Line:
    return Line(line_id=line.id, product_id=line.product_id, sku=line.sku, name=line.name, unit=line.unit,
                bin=line.bin, planned=line.quantity, whole=line.whole, tracking=line.tracking)


def counted_at(opened: Open, place: Ref, names: Sequence[str]) -> Open:
    """The count goes on at a place: a command of its own, with what is to be counted there once more."""
    lines = [line.model_copy() for line in opened.again if line.bin in names]
    there = opened.model_copy(update={"key": uuid.uuid4().hex, "place": place, "lines": lines, "steps": [],
                                      "current": 0, "banner": None, "awaits_lot": False})
    there.say(Tone.OK, tr("Считаем: {place}").format(place=place.title), tr("сканируйте каждую единицу"),
              advice=tr("пересчитать строк {n}").format(n=len(lines)) if lines else "")
    return there


def alone(code: str, warehouses: Sequence[TerminalPlace]) -> Open:
    """Without a document. Where there is one warehouse, goods of employees go from it and to it."""
    opened = Open(command=code)
    if opened.operation.by_person and len(warehouses) == 1:
        opened.scan_place(warehouses[0])
        opened.steps, opened.banner = [], None
    return opened

"""Labels for shelves, goods, papers and people: what the server tells for them, and that they were printed."""

from decimal import Decimal

from pydantic import Field

from crm_contract.base import Answer, Request
from crm_contract.codes import Command

#: One run of the printer; a larger roll is printed in parts.
MAX_LABELS = 2000
MAX_ROWS = 500

#: What the printed commands say to the person who holds the scanner.
COMMAND_TITLES: dict[Command, tuple[str, str]] = {
    Command.HOME: ("На главную", "к выбору операции"),
    Command.RECEIPT: ("Приём", "товар пришёл от поставщика"),
    Command.ISSUE: ("Выдача", "товар уходит покупателю"),
    Command.PICKING: ("Сборка резерва", "собрать отложенное"),
    Command.TRANSFER: ("Перемещение", "с места на место"),
    Command.CUSTODY_ISSUE: ("Выдать в подотчёт", "товар сотруднику"),
    Command.CUSTODY_RETURN: ("Вернуть из подотчёта", "товар от сотрудника"),
    Command.STOCKTAKING: ("Пересчёт", "инвентаризация места"),
    Command.LOOKUP: ("Что это?", "показать товар и остатки"),
    Command.POST: ("Провести", "закончить операцию"),
    Command.UNDO: ("Отменить скан", "убрать последнее"),
    Command.UNDERSTOOD: ("Понятно", "закрыть сообщение"),
    Command.ABSENT: ("Нет на месте", "товара здесь не оказалось"),
    Command.OTHER_PLACE: ("Другое место", "выбрать другую ячейку"),
    Command.PAUSE: ("Пауза", "отложить и продолжить потом"),
}


class ProductLabelsQuery(Request):
    product_ids: list[int] = Field(max_length=MAX_ROWS)


class ProductLabel(Answer):
    """`price` is the one of the main price kind on today, None without one; `barcodes` as they are kept."""

    id: int
    sku: str
    name: str
    unit: str
    barcodes: list[str]
    price: Decimal | None


class LabelsPrinted(Request):
    """Labels that go to the printer: of which objects, how many, on which paper. `entity` as the journal names it."""

    entity: str = Field(max_length=40)
    ids: list[int] = Field(default=[], max_length=MAX_ROWS)
    title: str = Field(min_length=1, max_length=300)
    count: int = Field(ge=1, le=MAX_LABELS)

"""The desktop: the strip of stages, receivables, goods below minimum, tasks."""

from decimal import Decimal

from crm_contract.base import Answer
from crm_contract.lists import Tone


class StageFigure(Answer):
    """One cell of the strip: how many, for how much, and what needs attention; opens a filtered list."""

    code: str
    title: str
    count: int
    amount: Decimal
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    kind: str = ""
    preset: str = ""


class AgeBar(Answer):
    title: str
    amount: Decimal
    tone: Tone


class ShortProduct(Answer):
    product_id: int
    name: str
    place: str
    free: Decimal
    minimum: Decimal


class TaskRead(Answer):
    """Something to do, computed from states and facts. `when`: overdue, today, next."""

    when: str
    title: str
    subtitle: str
    due: str
    entity: str
    entity_id: int


class Dashboard(Answer):
    stages: list[StageFigure]
    receivable: Decimal
    overdue: Decimal
    ages: list[AgeBar]
    short: list[ShortProduct]
    tasks: list[TaskRead]             # the first of them
    task_counts: dict[str, int] = {}  # how many there are, by `when`
    funnel: list[StageFigure]

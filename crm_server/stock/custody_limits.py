"""How much an employee may hold and for how long; who may give more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission
from crm_contract.settings import CUSTODY_DAYS, CUSTODY_LIMIT
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.settings.queries import values_of

# Two papers of one employee are posted one after another: each has to see what the other gave. A card is closed under
# the same lock.
_HOLDERS = """
SELECT id, name, active, custody_limit, custody_days FROM employee WHERE id = ANY(%s::int8[])
ORDER BY id FOR NO KEY UPDATE
"""
_HELD = """
SELECT p.name, sum(i.rest) AS quantity, min(i.at) AS since, min(d.due_date) AS due,
       min(d.number) FILTER (WHERE d.due_date < %(today)s) AS late_paper
FROM place w JOIN custody_item i ON i.place_id = w.id AND i.rest > 0 JOIN product p ON p.id = i.product_id
LEFT JOIN document d ON d.id = i.document_id
WHERE w.kind = 'employee' AND w.employee_id = %(employee)s
GROUP BY p.id HAVING NOT %(late)s OR min(d.due_date) < %(today)s ORDER BY min(i.at), p.name
"""
_VALUE = """
SELECT coalesce(sum(b.value), 0) FROM stock_balance b JOIN place w ON w.id = b.place_id
WHERE w.kind = 'employee' AND w.employee_id = %s
"""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Holder:
    """An employee with what bounds him: roubles at cost (0: no limit) and days. Not `active` is who has left."""

    id: int
    name: str
    active: bool
    limit: int
    days: int


def lock_holders(ctx: Ctx, *employee_ids: int) -> list[Holder]:
    """The employees with their limits, locked in the order of their ids."""
    limit, days = values_of(ctx, CUSTODY_LIMIT, CUSTODY_DAYS)
    return [Holder(row["id"], row["name"], row["active"], row["custody_limit"] or limit, row["custody_days"] or days)
            for row in ctx.sql.all(_HOLDERS, (list(employee_ids),))]


def demand_works(holder: Holder) -> None:
    """Goods are given to those who work here."""
    if not holder.active:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{holder.name}: сотрудник уволен, выдать ему нельзя",
                      "Выберите другого сотрудника.")


def demand_works_again(holder: Holder, number: str) -> None:
    """Whose goods a cancelled paper gives back has to be there to hold them."""
    if not holder.active:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{number} не отменить: товар снова числился бы за сотрудником"
                      f" {holder.name}, а он уволен", "Сначала отметьте «Работает» в его карточке: «Сотрудники».")


@dataclass(slots=True)
class Bounds:
    """What a paper exceeds: refused for those without the right to, else kept to be told (`note`)."""

    ctx: Ctx
    row: Mapping[str, Any]
    exceeded: list[str] = field(default_factory=list)

    def demand_term(self, holder: Holder) -> date:
        """The day until which goods are given: as typed, else by the term of the employee.

        A paper of a day to come does not make the term longer.
        """
        last = min(self.row["date"], self.ctx.today) + timedelta(days=holder.days)
        due: date = self.row["due_date"] or last
        self.demand_day(holder, due, last)
        return due

    def demand_day(self, holder: Holder, due: date, last: date) -> None:
        """Refuses a term that ends after the `last` day."""
        if due > last:
            self._exceed(f"срок до {due:%d.%m.%Y} вместо {last:%d.%m.%Y}", lambda: _refusal(
                f"{holder.name}: срок подотчёта — {holder.days} дн., до {last:%d.%m.%Y}, а в документе до"
                f" {due:%d.%m.%Y}. {_words(held(self.ctx, holder.id))}", "Поставьте более ранний день"))

    def demand_no_overdue(self, holder: Holder) -> None:
        """Who has not returned in time is given nothing new."""
        if late := held(self.ctx, holder.id, late=True):
            self._exceed(f"просрочен возврат: {told(late)}", lambda: _refusal(
                f"{holder.name}: просрочен возврат. {_words(late)}", "Сначала примите возврат"))

    def demand_within_limit(self, holder: Holder) -> None:
        """After a posting: what the employee holds now is within the limit. A sum is told to who may see cost."""
        value: Decimal = self.ctx.sql.value(_VALUE, (holder.id,)) if holder.limit else Decimal(0)
        if value <= holder.limit:
            return
        becomes = f", стало бы {value:.2f} ₽".replace(".", ",") if self.ctx.actor.can(Permission.PRODUCT_COST) else ""
        self._exceed(f"лимит {holder.limit} ₽ превышен", lambda: _refusal(
            f"{holder.name}: лимит подотчёта {holder.limit} ₽{becomes}. Числилось бы:"
            f" {told(held(self.ctx, holder.id))}", "Уменьшите количество или примите возврат"))

    def note(self) -> None:
        """Who let it pass, in the journal and on the document, for all who read them."""
        if not self.exceeded:
            return
        words = f"Сверх подотчёта: {'; '.join(self.exceeded)}."
        kind, row, actor = kind_of(self.row["kind"]), self.row, self.ctx.actor
        self.ctx.sql.insert("document_comment", {
            "document_id": row["id"], "author_id": actor.employee_id or None,
            "text": f"{words} Разрешил(а): {actor.name}"[:4000]})
        self.ctx.audit("action", kind.code, row["id"], f"{row['number']}: сверх лимита или срока подотчёта",
                       after={"exceeded": self.exceeded, "let_by": actor.name}, branch_id=row["branch_id"])

    def _exceed(self, words: str, refusal: Callable[[], Refusal]) -> None:
        if not self.ctx.actor.can(Permission.CUSTODY_EXCEED):
            raise refusal()
        self.exceeded.append(words)


def held(ctx: Ctx, employee_id: int, *, late: bool = False) -> list[dict[str, Any]]:
    """What an employee holds by product, the oldest first; with `late` what was to be returned before today."""
    return ctx.sql.all(_HELD, {"employee": employee_id, "late": late, "today": ctx.today})


def told(rows: Sequence[Mapping[str, Any]]) -> str:
    """«Дрель — 1 с 03.11.2026; Лестница — 2 с 05.11.2026, вернуть до 12.11.2026 (ВС-000004)»."""
    parts: list[str] = []
    for row in rows[:SHOWN]:
        late = f", вернуть до {row['due']:%d.%m.%Y} ({row['late_paper']})" if row["late_paper"] else ""
        parts.append(f"«{row['name']}» — {plain(row['quantity'])} с {row['since']:%d.%m.%Y}{late}")
    more = f" и ещё {len(rows) - SHOWN}" if len(rows) > SHOWN else ""
    return "; ".join(parts) + more


def _words(rows: Sequence[Mapping[str, Any]]) -> str:
    return f"Числится: {told(rows)}" if rows else "Сейчас ничего не числится"


def _refusal(message: str, action: str) -> Refusal:
    return Refusal(ErrorCode.NOT_ALLOWED_NOW, message,
                   f"{action}, либо попросите того, у кого есть право «Подотчёт: выдавать сверх лимита и срока».")

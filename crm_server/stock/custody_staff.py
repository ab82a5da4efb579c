"""What follows for goods when the card of an employee changes."""

from collections.abc import Mapping
from typing import Any

from crm_contract.errors import ErrorCode
from crm_server.access.followers import follow_employees
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.stock.custody_limits import held, told


def install() -> None:
    follow_employees(_on_change)


def _on_change(ctx: Ctx, employee_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Who leaves has to return everything first; the place of the others keeps their name and branch."""
    if before.get("active") and after.get("active") is False:
        _demand_clear(ctx, employee_id, after["name"])
    ctx.sql.run("UPDATE place SET name = %s, branch_id = %s, version = version + 1 WHERE kind = 'employee'"
                " AND employee_id = %s AND (name, branch_id) IS DISTINCT FROM (%s, %s)",
                (after["name"], after["branch_id"], employee_id, after["name"], after["branch_id"]))


def _demand_clear(ctx: Ctx, employee_id: int, name: str) -> None:
    rows = held(ctx, employee_id)
    if rows:
        raise Refusal(
            ErrorCode.CONFLICT, f"{name}: за сотрудником числится {told(rows)}",
            "Примите возврат или передайте другому сотруднику: «Склад → Подотчёт», отбор по сотруднику. Затем уволите.",
            field_errors={"active": "За сотрудником числится товар"})

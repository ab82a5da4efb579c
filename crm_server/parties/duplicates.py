"""Who already has this ИНН, phone, mail or name."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from crm_contract.errors import ErrorCode
from crm_contract.parties import Duplicate, DuplicateQuery, PartyBody
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal
from crm_server.kit.search import like_pattern
from crm_server.parties.keys import name_key, phone_keys
from crm_server.parties.scope import party_scope

LIMIT = 10
HIDDEN_NAME = "Контрагент другого филиала"

# Each select has its own index; the strongest reason of a party wins.
_DUPLICATES = """
WITH found AS (
    SELECT p.id, CASE WHEN p.kpp = %(kpp)s THEN 1 WHEN '' IN (p.kpp, %(kpp)s) THEN 2 ELSE 3 END AS rank
    FROM party p WHERE %(inn)s <> '' AND p.inn = %(inn)s AND p.inn <> '' AND NOT p.archived
    UNION ALL
    (SELECT p.id, 4 FROM party p WHERE p.search LIKE %(phone)s::text AND NOT p.archived LIMIT 10)
    UNION ALL
    (SELECT p.id, 5 FROM party p WHERE p.search LIKE %(email)s::text AND NOT p.archived LIMIT 10)
    UNION ALL
    (SELECT p.id, 6 FROM party p WHERE p.name_key = %(name)s::text AND NOT p.archived LIMIT 10)
), ranked AS (SELECT id, min(rank) AS rank FROM found WHERE id IS DISTINCT FROM %(id)s::bigint GROUP BY id)
SELECT p.id, p.name, p.inn, r.rank, ({scope}) AS visible FROM ranked r JOIN party p ON p.id = r.id
WHERE r.rank <= 2 OR ({scope}) ORDER BY r.rank, p.id LIMIT %(limit)s
"""
_REASONS = {
    1: "Тот же ИНН и КПП",
    2: "Тот же ИНН, КПП не указан",
    3: "Тот же ИНН, другой КПП",
    4: "Тот же телефон",
    5: "Та же почта",
    6: "То же название",
}
_SAME, _CERTAIN = 1, 2

CONSTRAINTS["uq_party_inn_kpp"] = Refusal(
    ErrorCode.CONFLICT, "Контрагент с таким ИНН и КПП уже есть", "Найдите его в списке по ИНН и работайте с ним.",
    field_errors={"inn": "Уже есть контрагент с таким ИНН и КПП"})


def find_duplicates(ctx: Ctx, query: DuplicateQuery) -> list[Duplicate]:
    """Possible doubles, the surest first. One out of the actor's reach is told of only when it is certain."""
    return [_duplicate(row) for row in _find(ctx, query)]


def refuse_duplicates(ctx: Ctx, body: PartyBody, *, party_id: int | None = None) -> None:
    """Raises CONFLICT for a certain duplicate; `ignore_duplicates` lets pass all but the same ИНН and КПП."""
    if not body.inn:
        return
    found = _find(ctx, DuplicateQuery(id=party_id, inn=body.inn, kpp=body.kpp))
    limit = _SAME if body.ignore_duplicates else _CERTAIN
    certain = [_duplicate(row) for row in found if row["rank"] <= limit]
    if certain:
        first = certain[0]
        raise Refusal(
            ErrorCode.CONFLICT, f"Похоже, такой контрагент уже есть: {first.name}", "Откройте его или измените ИНН.",
            field_errors={"inn": f"{first.reason}: {first.name}"},
            details={"duplicates": [d.model_dump(mode="json") for d in certain]})


def _find(ctx: Ctx, query: DuplicateQuery) -> Sequence[dict[str, Any]]:
    phone = phone_keys(query.phone)
    params = {
        "id": query.id, "inn": query.inn, "kpp": query.kpp, "limit": LIMIT,
        "phone": like_pattern(f" {phone[0]} ") if phone and len(phone[0]) >= 10 else None,
        "email": like_pattern(f" {query.email} ") if "@" in query.email else None,
        "name": name_key(query.name) or None,
    }
    return ctx.sql.all(sql.SQL(_DUPLICATES).format(scope=party_scope(ctx.actor)), params)


def _duplicate(row: dict[str, Any]) -> Duplicate:
    return Duplicate(id=row["id"], name=row["name"] if row["visible"] else HIDDEN_NAME, inn=row["inn"],
                     reason=_REASONS[row["rank"]], certain=row["rank"] <= _CERTAIN)

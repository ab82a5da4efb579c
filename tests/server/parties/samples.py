"""Parties as a client sends them."""

from itertools import count
from typing import Any

from stdnum.ru import inn as stdnum_inn

from tests.server.conftest import Person

_numbers = count(1)


def inn(number: int | None = None) -> str:
    """A right ИНН of a legal entity."""
    digits = f"77{next(_numbers) if number is None else number:07d}"
    return digits + stdnum_inn.calc_company_check_digit(digits)


def contact(name: str = "Иванова О. П.", **more: Any) -> dict[str, Any]:
    return {"name": name, "position": "главный бухгалтер", "phones": ["8 (916) 885-39-33"],
            "emails": ["Ivanova@Veter.example"], "roles": [], **more}


def party(name: str = "ООО «Ветер»", **more: Any) -> dict[str, Any]:
    return {"name": name, "inn": inn(), "kpp": "770101001", **more}


def create(person: Person, name: str = "ООО «Ветер»", **more: Any) -> int:
    return person.post("/api/parties", party(name, **more))["id"]


def as_body(card: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a form sends back for a card."""
    taken = {"id", "archived", "merged_into", "counters", "debt", "created_at", "updated_at", "updated_by"}
    body = {name: value for name, value in card.items() if name not in taken}
    for name in ("manager", "branch", "price_kind"):
        reference = body.pop(name)
        body[f"{name}_id"] = reference and reference["id"]
    return body | changes


def merge(person: Person, gone: int, kept: int, *, version: int = 1, into_version: int = 1, status: int = 200,
          take: tuple[str, ...] = ()) -> Any:
    """Moves one double into another party."""
    double = {"id": gone, "version": version, "take": list(take)}
    return person.post(f"/api/parties/{kept}/merge", {"version": into_version, "doubles": [double]}, status=status)

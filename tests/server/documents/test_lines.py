"""Lines of a draft that is saved: its totals are those of the lines that are kept."""

from decimal import Decimal

import pytest

from tests.server.conftest import Person
from tests.server.trading import DAY, line, made


def save(person: Person, shop: dict[str, int], document: int, **second: int) -> list[str]:
    """Saves two lines, the first of them as it is known; answers the quantities that are kept."""
    known = person.get(f"/api/documents/{document}")
    lines = [line(shop["sensor"], "7", "100", id=known["lines"][0]["id"]), line(shop["sensor"], "8", "100", **second)]
    person.put(f"/api/documents/{document}", {
        "date": DAY, "version": known["version"], "party_id": shop["customer"], "place_id": shop["place"],
        "lines": lines})
    saved = person.get(f"/api/documents/{document}")
    assert saved["lines"][0]["id"] == known["lines"][0]["id"]
    assert sum(Decimal(row["gross"]) for row in saved["lines"]) == Decimal(saved["gross"])
    return [row["quantity"] for row in saved["lines"]]


@pytest.mark.parametrize("named", ["nothing", "the same", "another document's", "none there is"])
def test_no_line_is_lost_whatever_line_it_names(boss: Person, shop: dict[str, int], named: str) -> None:
    other = made(boss, "issue", shop, line(shop["sensor"], "4", "100"))
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    own, foreign = (boss.get(f"/api/documents/{document}")["lines"][0]["id"] for document in (draft, other))
    second = {"nothing": {}, "the same": {"id": own}, "another document's": {"id": foreign},
              "none there is": {"id": 10**18}}[named]
    assert save(boss, shop, draft, **second) == ["7.000", "8.000"]
    assert [row["quantity"] for row in boss.get(f"/api/documents/{other}")["lines"]] == ["4.000"]


@pytest.mark.parametrize("day", ["0001-01-01", "2003-12-31"])
def test_a_day_before_the_known_rates_is_refused_in_words(boss: Person, shop: dict[str, int], day: str) -> None:
    body = {"date": day, "party_id": shop["customer"], "place_id": shop["place"],
            "lines": [line(shop["sensor"], "1", "100")]}
    answer = boss.post("/api/documents/issue", body, status=422)
    assert answer["field_errors"] == {"date": "Проверьте год: ставки НДС известны с 01.01.2004"}

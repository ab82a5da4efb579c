"""The company's day begins at its own midnight."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from crm_server.config import Settings, get_settings
from crm_server.db.pool import open_pool
from crm_server.kit.days import today

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "server.md"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    get_settings.cache_clear()


def test_database_and_program_agree_on_the_day(database_url: str, zone: pytest.MonkeyPatch) -> None:
    days = []
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: never of one day
        zone.setenv("CRM_TIMEZONE", name)
        get_settings.cache_clear()
        with open_pool(database_url, size=1) as pool, pool.connection() as connection:
            [row] = connection.execute("SELECT current_date AS day")
        assert row["day"] == today()
        days.append(row["day"])
    assert days[0] > days[1]


def test_unknown_zone_is_refused_in_words() -> None:
    for name in ("Москва", "Europe/Moskow", "../etc/passwd", "UTC -c role=postgres"):
        with pytest.raises(ValidationError):
            Settings(timezone=name)


def test_the_guide_names_every_setting() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`CRM_{name.upper()}`" not in text] == []

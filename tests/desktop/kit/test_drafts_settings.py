"""Drafts, settings, session, navigator."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crm_contract.access import Me
from crm_contract.base import Ref
from crm_contract.permissions import Permission, Scope
from crm_desktop.kit import drafts as drafts_module
from crm_desktop.kit.drafts import Draft, DraftKeeper, Drafts
from crm_desktop.kit.navigator import Navigator
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import Settings, keep_on_screen
from crm_desktop.kit.tasks import Tasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    def unexpected(owner: QObject, error: BaseException) -> None:
        raise error

    made = Tasks(unexpected)
    yield made
    made.shutdown()


def draft(key: str, **data: object) -> Draft:
    return Draft(key, "party", None, "Новый клиент", datetime(2026, 11, 2, 10, 0, tzinfo=UTC), dict(data))


def test_a_draft_comes_back_whole(tmp_path: Path) -> None:
    folder = Drafts(tmp_path / "drafts")
    folder.save(draft("party/new", name="ООО «Ветер»", lines=[{"quantity": "1.5"}]))
    (found,) = folder.list()
    assert found == draft("party/new", name="ООО «Ветер»", lines=[{"quantity": "1.5"}])
    folder.remove("party/new")
    folder.remove("party/new")
    assert folder.list() == []


def test_drafts_of_two_records_and_a_broken_file(tmp_path: Path) -> None:
    folder = Drafts(tmp_path)
    folder.save(draft("party/1"))
    folder.save(draft("party/2"))
    (tmp_path / "broken.json").write_text("{", "utf-8")
    assert sorted(found.key for found in folder.list()) == ["party/1", "party/2"]
    folder.clear()
    assert folder.list() == []


def test_typing_is_kept_after_a_pause_and_dropped_after_the_save(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks: Tasks
) -> None:
    monkeypatch.setattr(drafts_module, "PAUSE_MS", 20)
    folder, owner = Drafts(tmp_path), QObject()
    state = {"name": "О"}
    keeper = DraftKeeper(folder, tasks, "party/new", "party", None, lambda: (state["name"], dict(state)), owner)
    with qtbot.waitSignal(keeper.kept, timeout=1000):
        keeper.touch()
    state["name"] = "ООО"
    keeper.touch()
    keeper.flush()
    assert folder.list()[0].data == {"name": "ООО"}
    assert folder.list()[0].title == "ООО"
    keeper.touch()
    keeper.done()
    assert not keeper.is_waiting
    keeper.flush()
    qtbot.waitUntil(lambda: folder.list() == [], timeout=2000)


def test_steady_typing_is_kept_too(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks: Tasks
) -> None:
    assert drafts_module.LONGEST_MS <= 5000
    monkeypatch.setattr(drafts_module, "PAUSE_MS", 200)
    monkeypatch.setattr(drafts_module, "LONGEST_MS", 120)
    owner = QObject()
    keeper = DraftKeeper(Drafts(tmp_path), tasks, "k", "party", None, lambda: ("", {}), owner)
    with qtbot.waitSignal(keeper.kept, timeout=1000):
        for _ in range(3):
            keeper.touch()
            qtbot.wait(30)


def test_a_folder_that_cannot_be_written_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks: Tasks
) -> None:
    monkeypatch.setattr(drafts_module, "PAUSE_MS", 10)
    blocked = tmp_path / "file"
    blocked.write_text("x", "utf-8")
    owner = QObject()
    keeper = DraftKeeper(Drafts(blocked / "drafts"), tasks, "k", "party", None, lambda: ("", {}), owner)
    with qtbot.waitSignal(keeper.failed, timeout=1000) as caught:
        keeper.touch()
    assert isinstance(caught.args[0], OSError)  # type: ignore[index]
    keeper.touch()
    with qtbot.waitSignal(keeper.failed, timeout=1000):
        keeper.flush()


def test_an_older_write_never_covers_a_newer_one(tmp_path: Path) -> None:
    folder = Drafts(tmp_path)
    newer = Draft("k", "party", None, "", datetime(2026, 11, 2, 10, 5, tzinfo=UTC), {"n": 2})
    folder.save(newer)
    folder.save(draft("k", n=1))
    assert folder.list()[0].data == {"n": 2}
    folder.remove("k")
    folder.save(newer)
    assert folder.list() == []


def test_a_killed_program_leaves_a_whole_draft(tmp_path: Path) -> None:
    code = f"""
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from crm_desktop.kit.drafts import Draft, Drafts
folder = Drafts(Path({str(tmp_path)!r}))
for number in range(200):
    folder.save(Draft("k", "party", None, "t", datetime.now(UTC), {{"n": number, "text": "я" * 2000}}))
    if number == 150:
        os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    (found,) = Drafts(tmp_path).list()
    assert found.data["n"] == 150


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("orlova", QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))


def test_settings_are_per_user(settings: Settings) -> None:
    settings.set("table/parties", {"columns": ["имя"], "widths": {"имя": 120}})
    assert settings.get("table/parties") == {"columns": ["имя"], "widths": {"имя": 120}}
    assert settings.for_user("gusev").get("table/parties", "нет") == "нет"
    settings.set("table/parties", None)
    assert settings.get("table/parties") is None


def test_a_broken_setting_is_the_default(settings: Settings) -> None:
    settings._store.setValue("users/orlova/x", "{")
    assert settings.get("x", 5) == 5


def test_window_geometry_comes_back_on_the_screen(qtbot: QtBot, settings: Settings) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert not settings.restore_window("main", window)
    window.setGeometry(40, 50, 300, 200)
    settings.save_window("main", window)
    other = QWidget()
    qtbot.addWidget(other)
    assert settings.restore_window("main", other)
    assert other.size() == window.size()
    other.setGeometry(20000, 20000, 300, 200)
    keep_on_screen(other)
    assert other.screen().availableGeometry().contains(other.geometry())


def me(**permissions: int) -> Me:
    return Me(user_id=1, login="a", employee=Ref(id=1, title="А"), position="", email="", branch=Ref(id=1, title="Ф"),
              department=None, permissions={k.replace("_", "."): v for k, v in permissions.items()},
              must_change_password=False)


def test_session(qtbot: QtBot) -> None:
    session = Session()
    assert not session.is_open
    assert not session.can(Permission.PARTY_VIEW)
    with qtbot.waitSignal(session.changed):
        session.open("token", me(party_view=2))
    assert session.can(Permission.PARTY_VIEW)
    assert session.scope(Permission.PARTY_VIEW) is Scope.DEPARTMENT
    assert session.scope(Permission.PARTY_EDIT) is None
    assert session.me.login == "a"
    session.close()
    assert session.token == ""
    with pytest.raises(LookupError):
        _ = session.me


def test_navigator(qtbot: QtBot) -> None:
    navigator, opened = Navigator(), []
    navigator.register("party", lambda id, **params: opened.append((id, params)))
    with pytest.raises(ValueError, match="twice"):
        navigator.register("party", print)
    navigator.open("party", 7, tab="docs")
    navigator.open("party")
    assert opened == [(7, {"tab": "docs"}), (None, {})]
    assert navigator.knows("party")
    assert not navigator.knows("ticket")
    with pytest.raises(KeyError):
        navigator.open("ticket")


def test_settings_hold_json_only(settings: Settings) -> None:
    settings.set("a", {"ключ": [1, None, True]})
    assert json.dumps(settings.get("a"), ensure_ascii=False) == '{"ключ": [1, null, true]}'

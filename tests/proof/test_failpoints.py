"""Bar 2: a process dies at every failpoint of every command; repeated under its key, the command happens once."""

import ast
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crm_server.app import create_app
from crm_server.check import check
from crm_server.db.pool import open_pool
from crm_server.documents.registry import EFFECTS
from crm_server.kit.failpoints import NAMES
from crm_server.kit.sql import Sql
from tests.proof import LONG
from tests.proof.commands import COMMANDS, Shop
from tests.proof.company import seed
from tests.proof.contents import contents, differing
from tests.proof.dying import DIED, Call, passed_by, send_and_die
from tests.server.conftest import World

SERVER = Path(__file__).parents[2] / "crm_server"
#: Places inside background jobs; test_jobs.py and the tests of the import die there.
OF_JOBS = {name for name in NAMES if name.startswith(("job.", "exchange."))}
COMMITTED = "edge.after_commit"

#: Command → the places that it passed, of those that this process has run.
_passed: dict[str, set[str]] = {}


@contextmanager
def prepared(url: str, command: str) -> Iterator[tuple[World, Call]]:
    """A company in which everything is ready for a command, the same whenever it is made, and the command itself."""
    with open_pool(url, size=2) as pool:
        world = World(TestClient(create_app(pool), raise_server_exceptions=False), pool, 0, 0)
        world.branch_id = world.insert("branch", title="Москва", code="М")
        shop = Shop(world.person("boss"), seed(world, stock=100))
        method, path, body = COMMANDS[command](shop)
        yield world, Call(method, path, body, shop.boss.token, uuid.uuid4().hex)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_happens_once(command: str, database_url: str, second_database_url: str) -> None:
    with prepared(second_database_url, command) as (twin, call):
        status, _, names = passed_by(second_database_url, call)
        assert status == 200
        expected = contents(twin, alike=True)
    _passed[command] = set(names)
    assert names[-1] == COMMITTED
    with prepared(database_url, command) as (world, call):
        before = contents(world)
        for where in names[:-1]:
            assert send_and_die(database_url, call, where) == DIED
            assert differing(before, contents(world)) == [], f"death at {where} left something"
        assert send_and_die(database_url, call, COMMITTED) == DIED
        assert differing(expected, contents(world, alike=True)) == []
        status, _, replayed = call.send(world.http)
        assert (status, replayed) == (200, True)
        assert differing(expected, contents(world, alike=True)) == []
        _check(world)


@pytest.mark.parametrize("command", COMMANDS if LONG else ["issue.post"])
def test_command_after_each_single_death(command: str, database_url: str, second_database_url: str) -> None:
    """The same with a living process right after each death, and at the second passage of the place too."""
    with prepared(second_database_url, command) as (_, call):
        names = passed_by(second_database_url, call)[2]
    with prepared(database_url, command) as (world, call):
        before = contents(world)
        for where in [*names[:-1], *(f"{name}:2" for name in names[:-1])]:
            code = send_and_die(database_url, call, where)
            assert code in (DIED, 0)
            if code == 0:  # the place is passed once only
                break
            assert differing(before, contents(world)) == []
        assert call.send(world.http)[0] == 200
        _check(world)


def _check(world: World) -> None:
    with world.pool.connection() as connection:
        assert [str(difference) for difference in check(Sql(connection))] == []


def test_every_effect_has_its_command() -> None:
    """A new effect of a document's action without a line in commands.py fails here."""
    assert {f"{kind}.{action}" for kind, action in EFFECTS} - COMMANDS.keys() == set()


def test_every_failpoint_is_named_and_died_at() -> None:
    in_code = {
        node.args[0].value for path in SERVER.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
        and isinstance(node.args[0], ast.Constant)}
    assert in_code == set(NAMES)
    if _passed.keys() == COMMANDS.keys():  # not when this test runs alone, or others on another worker
        assert set().union(*_passed.values()) == set(NAMES) - OF_JOBS

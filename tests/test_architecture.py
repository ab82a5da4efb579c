"""House rules that a reviewer would otherwise repeat: import order, one edge, no floats near money, short files."""

import ast
import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
PACKAGES = ("crm_contract", "crm_server", "crm_desktop")
FILE_LINES = 600
FUNCTION_LINES = 70

#: A float is a time when its line says so; money and quantities never are.
TIME_WORDS = re.compile(r"_s\b|_S\b|second|sleep|_every\b|_after\b|_within\b")
MAY_FLOAT = (
    "crm_server/kit/casting.py",  # turns floats of foreign input away
    "crm_server/kit/jobs.py",  # spreads waits
    "crm_server/access/sessions.py",  # clock readings
)
MAY_COMMIT = ("crm_server/db/", "crm_server/kit/edge.py", "crm_server/kit/jobs.py")
MAY_EXEC = ("crm_desktop/__main__.py",)
MAY_USE_HTTP = ("crm_desktop/kit/api_client.py",)

Found = Iterator[tuple[Path, int]]


def files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def places(found: Iterable[tuple[Path, int]], allowed: tuple[str, ...] = ()) -> list[str]:
    """`file:line` of what was found outside of the allowed files and folders."""
    return [f"{name_of(path)}:{line}" for path, line in found if not name_of(path).startswith(allowed or ("\0",))]


def imports(folder: str, package: str) -> Found:
    for path in files(folder):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            if any(name == package or name.startswith(f"{package}.") for name in names):
                yield path, node.lineno


def method_calls(folder: str, method: str) -> Found:
    for path in files(folder):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
                yield path, node.lineno


def float_uses(*folders: str) -> Found:
    """The name `float` and numbers with a point, on lines that do not speak of time."""
    for path in files(*folders):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Name | ast.Constant):
                continue
            is_float = node.id == "float" if isinstance(node, ast.Name) else isinstance(node.value, float)
            if is_float and not TIME_WORDS.search(lines[node.lineno - 1]):
                yield path, node.lineno


def test_import_contracts_hold() -> None:
    report = io.StringIO()
    with contextlib.redirect_stdout(report):
        code = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True, no_logo=True)
    assert code == EXIT_STATUS_SUCCESS, report.getvalue()


def test_http_is_spoken_in_one_file() -> None:
    assert places(imports("crm_desktop", "httpx2"), MAY_USE_HTTP) == []


def test_only_the_edge_commits() -> None:
    assert places(method_calls("crm_server", "commit"), MAY_COMMIT) == []


def test_nobody_pumps_the_event_loop() -> None:
    assert places(method_calls("crm_desktop", "processEvents")) == []


def test_dialogs_are_opened_not_executed() -> None:
    assert places(method_calls("crm_desktop", "exec"), MAY_EXEC) == []


def test_money_meets_no_float() -> None:
    assert places(float_uses("crm_contract", "crm_server"), MAY_FLOAT) == []


def test_names_are_imported_one_by_one() -> None:
    found = (
        (path, node.lineno)
        for path in files(*PACKAGES, "tests", "benchmarks")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    )
    assert places(found) == []


def test_files_are_short() -> None:
    long = [name_of(path) for path in files(*PACKAGES) if len(path.read_text("utf-8").splitlines()) > FILE_LINES]
    assert long == []


def test_functions_are_short() -> None:
    found = (
        (path, node.lineno)
        for path in files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    )
    assert places(found) == []


def test_every_deferred_job_has_its_task() -> None:
    """Jobs are named by text, because a lower domain defers what an upper one does."""
    declared: set[str] = set()
    deferred: dict[str, str] = {}
    for path in files("crm_server"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if function in ("task", "staged_task", "periodic") and texts:
                declared.add(texts[-1])
            elif function in ("defer", "defer_many") and texts:
                deferred[texts[0]] = f"{name_of(path)}:{node.lineno}"
    assert {name: place for name, place in deferred.items() if name not in declared} == {}


def test_the_server_asks_for_the_day_in_one_place() -> None:
    """`Ctx.today` and `kit.days.today` know the company's zone; `date()` of a moment knows that of Greenwich."""
    asked = re.compile(r"\bdate\.today\(|\bnow(\([^)]*\))?\.date\(\)")
    found = ((path, number) for path in files("crm_server")
             for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if asked.search(text))
    assert places(found, ("crm_server/kit/days.py",)) == []

"""Every question that the server answers, asked about given rows: cards, lists, searches, picks, exports, files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_contract.documents import KINDS
from crm_contract.lists import MAX_PAGE, ListSpec
from crm_server.app import LIST_SOURCES, all_routes
from crm_server.kit.edge import Route
from tests.proof.branches import Rows
from tests.proof.company import DAY
from tests.server.conftest import Person

#: Routes that read, and what they are asked for; all others with these methods are taken from the declarations.
_NOT_QUESTIONS = {"/api/login", "/api/login/badge", "/api/logout", "/api/imports/files", "/api/upd-files"}
_LISTS: Mapping[str, ListSpec] = {source.spec.code: source.spec for source in LIST_SOURCES}
#: The path parameter that each `row_id` of a directory stands for.
_ROW = {"places": "place_id", "employees": "user_id", "branches": "branch_id"}


@dataclass(frozen=True)
class Question:
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.params) or ''} {self.body or ''}".strip()

    def ask(self, person: Person) -> tuple[int, str]:
        answer = person.http.request(
            self.method, self.path, params=self.params, json=self.body if self.method == "POST" else None,
            headers={"Authorization": f"Bearer {person.token}"})
        return answer.status_code, answer.content.decode("utf-8", errors="replace")


def questions(rows: Rows, words: list[str], *, hidden: frozenset[str] = frozenset()) -> Iterator[Question]:
    """Every reading route over these rows and with these words; `hidden` columns are left out of the lists."""
    for route in all_routes():
        if route.path in _NOT_QUESTIONS or route.method not in ("GET", "POST") or route.command:
            continue
        for path in _paths(route, rows):
            if "/api/lists/" in path:
                yield from _list_questions(path, words, hidden)
            elif route.method == "POST":
                yield from _queries(path, rows, words)
            else:
                yield from (Question("GET", path, params) for params in _params(route, rows, words))


def _paths(route: Route, rows: Rows) -> list[str]:
    """The address with the ids of the rows in it; of a kind of row that there is none of, the id 1."""
    paths = [route.path]
    for name in re.findall(r"{(\w+)}", route.path):
        directory = _ROW.get(route.path.split("/")[2], "")
        values: list[Any] = {"kind": list(KINDS), "entity": ["party", *KINDS, "reservation", "letter"]}.get(name) or (
            rows.ids.get(directory if name == "row_id" else name)
            or (rows.ids["document_id"] + [rows.party] if name == "entity_id" else [1]))
        paths = [path.replace(f"{{{name}}}", str(value)) for path in paths for value in values]
    return paths


def _params(route: Route, rows: Rows, words: list[str]) -> list[dict[str, Any]]:
    names = [name for name in route.parameters.plain if name not in route.parameters.in_path]
    fixed = {"party_id": rows.party, "place_id": rows.place, "product_id": rows.product,
             "document_id": rows.by_kind.get("stocktaking"), "ids": [rows.party, 1],
             "target": "parties", "kind": "", "until": DAY}
    asked = [{name: fixed[name] for name in names if fixed.get(name)}]
    if "kind" in names:
        asked = [one | {"kind": kind} for one in asked for kind in KINDS]
    if "q" in names:
        asked = [one | {"q": word} for one in asked for word in ["", *words]]
    return asked


def _list_questions(path: str, words: list[str], hidden: frozenset[str]) -> Iterator[Question]:
    spec = _LISTS[path.split("/")[3]]
    columns = [column for column in spec.columns if column.name not in hidden]
    whole = {"columns": [column.name for column in columns], "limit": MAX_PAGE}
    yield Question("POST", path, body=whole)
    yield from (Question("POST", path, body=whole | {"search": word}) for word in words)
    sortable = [column.name for column in columns if column.sortable]
    yield from (Question("POST", path, body=whole | {"sort": [{"column": name, "descending": True}]})
                for name in {sortable[0], sortable[-1]})


def _queries(path: str, rows: Rows, words: list[str]) -> Iterator[Question]:
    match path.split("/")[2:]:
        case ["documents", "hints"]:
            for place in (rows.place, None):
                yield Question("POST", path, body={
                    "product_ids": rows.ids["product_id"], "place_id": place, "date": DAY, "party_id": rows.party})
        case ["labels", "products"]:
            yield Question("POST", path, body={"product_ids": rows.ids["product_id"]})
        case ["parties", "duplicates"]:
            yield from (Question("POST", path, body={"name": f"ООО «{word}»", "email": word}) for word in words)
        case ["parties", "merge", "preview"]:
            yield Question("POST", path, body={"ids": [rows.party, 1]})
        case ["mail", "rules", "preview"]:
            yield Question("POST", path, body={"party_id": rows.party, "rules": [
                {"kind": "invoice", "role": "accountant", "active": True}]})
        case ["imports", *_]:
            yield Question("POST", path, body={"target": "parties"})
        case other:
            raise AssertionError(f"nobody knows what to ask {other}: add it to tests/proof/asking.py")

"""Bars 45 and 46: a user of one branch learns nothing of another, by no route; a hidden column shows nowhere."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from crm_contract.documents import KINDS
from crm_contract.permissions import COMPANY_WIDE, Permission, Scope
from crm_server.app import LIST_SOURCES
from crm_server.kit.actor import ANY_PERMISSION
from tests.proof.asking import Question, questions
from tests.proof.branches import MAIL, PRICE, QUANTITY, SIGNS, SPENT, WORD, Rows, trade
from tests.proof.company import DAY, line, party
from tests.server.conftest import Person, World

#: Method, address and body.
Attempt = tuple[str, str, Any]
ASKED = [WORD, MAIL, QUANTITY]
#: Answers that may change with another branch's work; canaries are looked for in them all the same. The journal grows
#: with the reader's own questions; the others belong to the whole company, as the right to see them does, and goods are
#: sent to the places of every branch, so that their names are known to all.
CHANGES = ("/api/lists/audit", "/api/audit/", "/api/lists/contact-roles", "/api/numbering", "/api/mail/server",
           "/api/parties/merge/preview", "/api/pick/place", "/api/pick/receiving_warehouse")


@dataclass
class Company:
    """Two branches of one company; `reader` belongs to the first, `stranger` to the second."""

    world: World
    reader: Person
    stranger: Person
    own: Rows

    def second_branch_trades(self) -> Rows:
        return trade(self.world, self.stranger, "Склад Казань", WORD, "1655000003", PRICE, QUANTITY, SPENT, MAIL)


def of_branch(*, without: frozenset[str] = frozenset()) -> dict[str, Scope]:
    """Every right in the branch; what belongs to the whole company for all of it."""
    return {code: Scope.ALL if code in COMPANY_WIDE else Scope.BRANCH for code in ANY_PERMISSION - without}


@pytest.fixture
def company(world: World) -> Company:
    own = party(world, "ООО «Окно»", "7707083893", is_own=True, tax_mode="general")
    world.sql("UPDATE branch SET organization_id = %s", (own,))
    for number in (1, 2):
        world.insert("product", sku=f"104-{number}", name=f"Датчик {number}")
    world.insert("contact_role", code="accountant", title="Бухгалтер", position=1)
    kazan = world.branch("Казань")
    boss, stranger = world.person("moscow"), world.person("kazan", branch_id=kazan)
    rows = trade(world, boss, "Основной", "Обычное", "7736050003", "1000", "100", "500", "buh@veter.example")
    return Company(world, world.person("reader", of_branch()), stranger, rows)


def test_nothing_of_another_branch_is_told(company: Company) -> None:
    """Asked by the ids of the other branch's rows and by its words: no answer holds a canary."""
    foreign = company.second_branch_trades()
    leaks = {}
    for question in questions(foreign, ASKED):
        status, text = question.ask(company.reader)
        assert status < 500, f"{question}: {text}"
        if found := SIGNS.search(text):
            leaks[str(question)] = text[max(0, found.start() - 200):found.end() + 100]
    assert leaks == {}


def test_what_comes_from_another_branch_tells_nothing_else_of_it(company: Company) -> None:
    """A transfer on its way to the reader's branch is seen; the sender's stock, people and papers are not."""
    foreign = company.second_branch_trades()
    sent = company.stranger.post("/api/documents/transfer", {
        "date": DAY, "place_id": foreign.place, "place_to_id": company.own.place,
        "lines": [{"product_id": foreign.product, "quantity": "3"}]})["id"]
    company.reader.get(f"/api/documents/{sent}", status=404)
    company.stranger.post(f"/api/documents/{sent}/actions/send", {"version": 1})
    assert company.reader.get(f"/api/documents/{sent}")["state"] == "in_transit"
    foreign.ids["document_id"].append(sent)
    leaks = {}
    for question in questions(foreign, ASKED):
        status, text = question.ask(company.reader)
        assert status < 500, f"{question}: {text}"
        if found := SIGNS.search(text):
            leaks[str(question)] = text[max(0, found.start() - 200):found.end() + 100]
    assert leaks == {}
    for code, body in (("unpost", {"version": 2, "reason": "я"}), ("annul", {"version": 2, "reason": "я"})):
        company.reader.post(f"/api/documents/{sent}/actions/{code}", body, status=403)
    company.reader.post(f"/api/documents/{sent}/actions/accept", {"version": 2})


def test_another_branch_changes_no_answer(company: Company) -> None:
    """Totals, counters and sums too: every answer is byte by byte what it was before the other branch had anything."""
    asked = [q for q in questions(company.own, ["Обычное"]) if not q.path.startswith(CHANGES)]
    before = {str(question): question.ask(company.reader) for question in asked}
    company.second_branch_trades()
    differing = {}
    for question in asked:
        after = question.ask(company.reader)
        if _kept(after) != _kept(before[str(question)]):
            differing[str(question)] = (before[str(question)][1][:300], after[1][:300])
    assert differing == {}


def _kept(answer: tuple[int, str]) -> Any:
    """Without the number of the request that a refusal carries."""
    status, text = answer
    try:
        content = json.loads(text)
    except ValueError:
        return answer
    if isinstance(content, dict):
        content.pop("request_id", None)
    return status, content


def test_rows_of_another_branch_cannot_be_used(company: Company) -> None:
    """Commands on foreign rows, and documents that would show them through a reference."""
    foreign = company.second_branch_trades()
    done = {}
    for name, (method, path, body) in _attempts(company.own, foreign).items():
        answer = company.reader.http.request(method, path, json=body, headers={
            "Authorization": f"Bearer {company.reader.token}", "Idempotency-Key": name})
        if answer.status_code == 200 or answer.status_code >= 500 or SIGNS.search(answer.text):
            done[name] = (answer.status_code, answer.text[:300])
    assert done == {}


def _attempts(own: Rows, foreign: Rows) -> dict[str, Attempt]:
    return _foreign_in_own(own, foreign) | _on_foreign(own, foreign)


def _sale(own: Rows) -> dict[str, Any]:
    return {"date": DAY, "party_id": own.party, "place_id": own.place, "lines": [line(own.product, 1)]}


def _foreign_in_own(own: Rows, foreign: Rows) -> dict[str, Attempt]:
    """A document of ours that names what is theirs."""
    return {f"document with foreign {name}": ("POST", "/api/documents/sales_order", _sale(own) | changed) for
            name, changed in {
        "party": {"party_id": foreign.party}, "consignee": {"consignee_id": foreign.party},
        "place": {"place_id": foreign.place}, "contract": {"contract_id": foreign.by_kind["contract"]},
        "contact": {"contact_id": foreign.ids["contact_id"][0]}, "site": {"site_id": foreign.ids["site_id"][0]},
        "basis": {"basis_ids": [foreign.by_kind["offer"]]},
        "party and basis": {"party_id": foreign.party, "basis_ids": [foreign.by_kind["offer"]]},
    }.items()}


def _on_foreign(own: Rows, foreign: Rows) -> dict[str, Attempt]:
    """Something done to what is theirs."""
    invoice, card = f"/api/documents/{foreign.by_kind['invoice']}", f"/api/parties/{foreign.party}"
    actions: dict[str, Attempt] = {
        f"{name} of a foreign document": ("POST", f"{invoice}/{tail}", body) for name, tail, body in (
            ("copy", "copy", None), ("follower", "based-on", {"kind": "issue"}), ("comment", "comments", {"text": "я"}),
            ("action", "actions/release", {"version": 3, "reason": "я"}))}
    return actions | {
        "change of a foreign document": ("PUT", invoice, _sale(own) | {"version": 3}),
        "letter on a foreign document": ("POST", "/api/letters", {
            "document_id": foreign.by_kind["invoice"], "to": [{"email": "me@veter.example"}], "subject": "я",
            "text": "я"}),
        "foreign file in a letter": ("POST", "/api/letters", {
            "document_id": own.by_kind["invoice"], "to": [{"email": "me@veter.example"}], "subject": "я", "text": "я",
            "file_ids": foreign.ids["file_id"]}),
        "retry of a foreign letter": ("POST", f"/api/letters/{foreign.ids['letter_id'][0]}/retry", None),
        "reserve on a foreign place": ("POST", "/api/stock/reservations", {
            "product_id": own.product, "place_id": foreign.place, "quantity": "1"}),
        "reserve of more than a foreign place has": ("POST", "/api/stock/reservations", {
            "product_id": own.product, "place_id": foreign.place, "quantity": "999999"}),
        "release of a foreign reserve": ("POST", f"/api/stock/reservations/{foreign.ids['reservation_id'][0]}/release",
                                         {"version": 1}),
        "change of a foreign party": ("PUT", card, {"kind": "legal", "name": "Наш", "version": 1}),
        "archive of a foreign party": ("POST", f"{card}/archive", {"version": 1}),
        "note on a foreign party": ("POST", f"{card}/notes", {"text": "я"}),
        "party given to another branch": ("POST", "/api/parties", {"kind": "legal", "name": "Дар", "branch_id": 2}),
        "allocation to a foreign invoice": ("POST", f"/api/documents/{own.by_kind['payment']}/actions/allocate", {
            "version": 2, "params": {"shares": [{"invoice_id": foreign.by_kind["invoice"], "amount": "1"}]}}),
        "user of another branch": ("PUT", f"/api/users/{foreign.ids['user_id'][0]}", {
            "login": "taken", "employee": {"name": "я", "branch_id": 1}, "roles": [], "version": 1}),
        "password of another branch's user": ("POST", f"/api/users/{foreign.ids['user_id'][0]}/password", {
            "password": "новый пароль 9", "version": 1}),
        "foreign place": ("PUT", f"/api/places/{foreign.place}", {"kind": "warehouse", "name": "Наш", "version": 1}),
        "foreign view": ("DELETE", f"/api/views/{foreign.ids['view_id'][0]}", None),
    }


def test_work_of_another_branch_is_not_announced(company: Company) -> None:
    """The push of changes tells a reader of the first branch of the first branch only."""
    def changes(after: int) -> dict[str, Any]:
        return company.reader.get("/api/changes", params={"after": after})

    position = changes(-1)["position"]
    foreign = company.second_branch_trades()
    own = company.reader.post(f"/api/documents/{company.own.by_kind['offer']}/copy")["id"]
    heard: list[tuple[str, int]] = []
    while ("offer", own) not in heard:
        answer = changes(position)
        position = answer["position"]
        heard += [(change["entity"], row) for change in answer["changes"] for row in change["ids"]]
    assert {row for entity, row in heard if entity in KINDS}.isdisjoint(foreign.ids["document_id"])
    assert {row for entity, row in heard if entity == "letter"}.isdisjoint(foreign.ids["letter_id"])


# --- hidden columns ---

HIDDEN = [(source.spec.code, column.name, column.permission) for source in LIST_SOURCES
          for column in source.spec.columns if column.permission]
#: The cost of a piece, in the balance and in sums of it; digits that stand nowhere else.
COST = "631.47"


def test_cost_is_told_by_no_route_to_who_may_not_see_it(company: Company) -> None:
    world, own = company.world, company.own
    world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost) SELECT '2026-11-01',"
              " p, id, %s, 3, 631.47 * 3 FROM place, (SELECT %s::int8 AS p) q WHERE kind = 'supplier'", (
                  own.place, world.insert("product", sku="Ц-1", name="Ценное")))
    names = frozenset(name for _, name, _ in HIDDEN)
    clerk = world.person("clerk", of_branch(without=frozenset({Permission.PRODUCT_COST})))
    own.ids["product_id"].append(own.product + 1)
    told = {str(question): text[:400] for question in questions(own, ["Ценное"], hidden=names)
            if any(sum_ in (text := question.ask(clerk)[1]) for sum_ in (COST, "1894.41"))}
    assert told == {}
    seen = Question("POST", "/api/lists/balances", body={"columns": ["value"]}).ask(world.person())[1]
    assert "1894.41" in seen, "the canary is not where it should be seen"


@pytest.mark.parametrize(("code", "column", "permission"), HIDDEN)
def test_hidden_column_can_be_neither_shown_nor_filtered_nor_sorted_nor_exported(
        code: str, column: str, permission: str, world: World) -> None:
    clerk = world.person(grants=of_branch(without=frozenset({permission})))
    for path in (f"/api/lists/{code}", f"/api/lists/{code}/export"):
        for body in ({"columns": [column]}, {"sort": [{"column": column}]},
                     {"conditions": [{"column": column, "op": "gt", "value": "1"}]},
                     {"conditions": [{"column": column, "op": "not_empty"}]}):
            refused = clerk.post(path, body, status=422)
            assert column in json.dumps(refused["field_errors"]), (path, body)

"""A second branch whose every row carries a canary: a word, a sum or a quantity that nobody of the first may see."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.proof.company import DAY, bring, line, warehouse
from tests.server.conftest import Person, World

WORD = "Канарейка"
MAIL = "canary@kazan.example"
#: Sums and quantities of the second branch; their digits stand nowhere else.
PRICE, QUANTITY, SPENT = "91737.31", "7319246", "48611.93"
#: In answers, whatever the case: the word and its search key, the mail, the sums and what is left of them, the quantity
#: with what was taken from it (its digits may also stand inside the number of a request).
SIGNS = re.compile(r"канарейк|rfyfhtqr|canary@|91737\.31|48611\.93|43125\.38|(?<![0-9a-f])73192\d\d", re.IGNORECASE)


@dataclass
class Rows:
    """Identifiers of one branch's rows by the name of the parameter that takes them."""

    party: int = 0
    place: int = 0
    product: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, *ids: int) -> int:
        self.ids.setdefault(name, []).extend(ids)
        return ids[0]


def trade(world: World, boss: Person, place_name: str, word: str, inn: str, price: str, quantity: str, spent: str,
          mail: str) -> Rows:
    """One of everything that a branch has, every text with `word`."""
    rows = Rows()
    rows.place = rows.add("place_id", warehouse(world, place_name, boss.branch_id))
    products = [row["id"] for row in world.sql("SELECT id FROM product ORDER BY id")]
    rows.product = rows.add("product_id", *products)
    for product in products:
        bring(world, product, rows.place, int(quantity))
    world.sql("UPDATE employee SET phone = %s, email = %s WHERE id = %s",
              (f"+7 900 {quantity}", mail, boss.employee_id))
    rows.party = rows.add("party_id", boss.post("/api/parties", {
        "kind": "legal", "name": f"ООО «{word}»", "inn": inn, "branch_id": boss.branch_id, "note": word,
        "email": mail, "legal_address": word,
        "contacts": [{"name": f"{word} И. И.", "roles": ["accountant"], "emails": [mail]}],
        "sites": [{"name": word, "address": word}]})["id"])
    boss.post(f"/api/parties/{rows.party}/notes", {"text": word})
    card = boss.get(f"/api/parties/{rows.party}")
    rows.add("contact_id", card["contacts"][0]["id"])
    rows.add("site_id", card["sites"][0]["id"])
    _documents(boss, rows, word, price, quantity, spent)
    _around(boss, rows, word, mail, quantity)
    return rows


def _documents(boss: Person, rows: Rows, word: str, price: str, quantity: str, spent: str) -> None:
    sale = {"date": DAY, "party_id": rows.party, "comment": word, "title": word}
    lines = [line(rows.product, 1, price, name=word, note=word)]

    def made(kind: str, *actions: str, **more: Any) -> int:
        document = boss.post(f"/api/documents/{kind}", sale | more)["id"]
        for action in actions:
            version = boss.get(f"/api/documents/{document}")["version"]
            boss.post(f"/api/documents/{document}/actions/{action}", {"version": version, "reason": word})
        rows.by_kind[kind] = rows.add("document_id", document)
        return document

    made("offer", "send", lines=lines)
    made("contract", "sign", lines=lines)
    made("sales_order", "confirm", lines=lines, place_id=rows.place)
    invoice = made("invoice", "issue", "reserve", lines=lines, place_id=rows.place, due_date="2026-01-10")
    made("issue", lines=lines, place_id=rows.place)
    made("issue", "post", lines=lines, place_id=rows.place)
    made("upd", "post", lines=lines)
    made("receipt", lines=[line(rows.product, quantity, "700")], place_id=rows.place)
    counted = made("stocktaking", "start", place_id=rows.place)
    boss.post("/api/stock/counts", {"document_id": counted, "counts": [
        {"place_id": rows.place, "product_id": rows.product, "quantity": quantity}]})
    rows.add("payment_id", made("payment", "post", amount=spent, basis_ids=[invoice]))


def _around(boss: Person, rows: Rows, word: str, mail: str, quantity: str) -> None:
    """Comments, files, letters, a reserve by hand, a view."""
    invoice = rows.by_kind["invoice"]
    boss.post(f"/api/documents/{invoice}/comments", {"text": word})
    rows.add("file_id", boss.call("POST", f"/api/documents/{invoice}/files", files={
        "file": (f"{word}.txt", word.encode(), "text/plain")})["id"])
    rows.add("letter_id", boss.post("/api/letters", {
        "document_id": invoice, "to": [{"email": mail}], "subject": word, "text": word,
        "file_ids": rows.ids["file_id"]})["id"])
    rows.add("reservation_id", boss.post("/api/stock/reservations", {
        "product_id": rows.product, "place_id": rows.place, "quantity": "2", "note": word})["id"])
    boss.post("/api/stock/rules", {"rules": [{
        "product_id": rows.product, "place_id": rows.place, "minimum": "1", "target": quantity,
        "supplier_id": rows.party}]})
    rows.add("rule_id", boss.get("/api/stock/rules", params={"product_id": rows.product})[0]["id"])
    rows.add("view_id", boss.post("/api/views", {
        "list_code": "invoice", "title": word, "query": {"search": word}, "shared": False})["id"])
    rows.add("user_id", boss.user_id)



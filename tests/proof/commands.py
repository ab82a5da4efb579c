"""Every command that posts, reserves, pays or saves a document, each on documents prepared for it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.proof.company import DAY, Company, line
from tests.server.conftest import Person
from tests.server.purchases.papers import Row, Upd

#: Method, address and body.
Request = tuple[str, str, Any]


@dataclass
class Shop:
    """What the preparing steps work with."""

    boss: Person
    company: Company

    def create(self, kind: str, *lines: dict[str, Any], **more: Any) -> int:
        body = self.company.order(lines or [line(self.company.goods[0], 2), line(self.company.goods[1], 3)])
        if kind in ("receipt", "purchase_order"):
            body["party_id"] = self.company.supplier
        if kind in ("offer", "contract", "upd", "act", "payment"):
            del body["place_id"]
        if kind == "payment":
            del body["lines"]
        return self.boss.post(f"/api/documents/{kind}", body | more)["id"]

    def follow(self, document: int, kind: str) -> int:
        return self.boss.post(f"/api/documents/{document}/based-on", {"kind": kind})["id"]

    def act(self, document: int, *actions: str, **more: Any) -> int:
        for action in actions:
            self.boss.post(f"/api/documents/{document}/actions/{action}",
                           {"version": self.read(document)["version"], "reason": "так надо"} | more)
        return document

    def read(self, document: int) -> dict[str, Any]:
        return self.boss.get(f"/api/documents/{document}")

    def action(self, document: int, action: str, **params: Any) -> Request:
        version = self.read(document)["version"]
        return "POST", f"/api/documents/{document}/actions/{action}", {
            "version": version, "reason": "так надо", "params": params}

    def new(self, kind: str, **more: Any) -> int:
        return self.act(self.create(kind), *more.pop("then", ()), **more)

    # --- documents in the state that a command needs ---

    def order(self) -> int:
        return self.new("sales_order", then=["confirm"])

    def invoice(self) -> int:
        return self.new("invoice", then=["issue"])

    def reserved_invoice(self) -> int:
        return self.new("invoice", then=["issue", "reserve"])

    def issue_on_order(self) -> int:
        return self.follow(self.order(), "issue")

    def payment(self, *then: str) -> int:
        first, second = self.invoice(), self.invoice()
        return self.act(self.create("payment", amount="7000", basis_ids=[second, first][:1]), *then)

    def transfer(self) -> int:
        return self.create("transfer", place_to_id=self.company.second_place, party_id=None)

    def placement(self) -> int:
        lines = [line(product, 5, bin_to_id=self.bin()) for product in self.company.goods[:2]]
        return self.create("placement", *lines, party_id=None)

    def bin(self) -> int:
        return self.boss.post("/api/places", {"kind": "bin", "name": "Ячейка", "parent_id": self.company.place})["id"]

    def put_away(self) -> Request:
        self.bin()
        return "POST", "/api/stock/put-away", {"place_id": self.company.place}

    def issue_out_of_bins(self) -> int:
        self.act(self.placement(), "post")
        return self.create("issue", line(self.company.goods[0], 7))
    def acceptance(self) -> int:
        """All but one piece of what was sent has come, so it makes an act."""
        paper = self.follow(self.act(self.transfer(), "send"), "transfer_acceptance")
        read = self.read(paper)
        first, *rest = read["lines"]
        lines = [{"id": own["id"], "product_id": own["product"]["id"], "paper_quantity": own["paper_quantity"],
                  "basis_line_id": own["basis_line_id"], "quantity": str(Decimal(own["quantity"]) - (own is first))}
                 for own in (first, *rest)]
        self.boss.put(f"/api/documents/{paper}", {
            "date": read["date"], "version": read["version"], "place_id": read["place"]["id"], "lines": lines})
        return paper

    def short_transfer(self, *then: str) -> int:
        """One that was accepted but for one piece."""
        paper = self.act(self.acceptance(), "post")
        [transfer] = [node["id"] for node in self.read(paper)["chain"] if node["kind"] == "transfer"]
        return self.act(transfer, *then)

    def sales_return(self) -> int:
        return self.follow(self.new("issue", then=["post"]), "sales_return")

    def supplier_return(self) -> int:
        return self.follow(self.new("receipt", then=["post"]), "supplier_return")

    def purchase_order(self, *then: str) -> int:
        return self.act(self.create("purchase_order"), *then)

    def receipt_on_order(self) -> int:
        """One piece of it is not there, so it makes an act."""
        receipt = self.follow(self.purchase_order("confirm"), "receipt")
        read = self.read(receipt)
        lines = [line(own["product"]["id"], int(Decimal(own["quantity"])) - 1, id=own["id"],
                      basis_line_id=own["basis_line_id"], paper_quantity=own["quantity"]) for own in read["lines"]]
        self.boss.put(f"/api/documents/{receipt}", self.company.order(
            lines, version=read["version"], party_id=self.company.supplier))
        return receipt

    def upd_receipt(self) -> Request:
        """A paper of the supplier with a product that we have and one that is new."""
        data = Upd([Row("Датчик 0", article="104-0", code="Z-0"), Row("Новый датчик", article="N-1")]).data()
        read = self.boss.call("POST", "/api/upd-files", files={"file": ("upd.xml", data)})
        return "POST", f"/api/upd-files/{read['file_id']}/receipt", {
            "party_id": self.company.supplier, "place_id": self.company.place,
            "lines": [{"number": 1, "product_id": self.company.goods[0]}, {"number": 2, "create": True}]}

    def landed_cost(self) -> int:
        """Delivery of goods of which some have left since."""
        receipt = self.new("receipt", then=["post"])
        self.new("issue", then=["post"])
        return self.create("landed_cost", {"name": "Доставка", "quantity": "1", "price": "100", "unit": "796"},
                           place_id=None, basis_ids=[receipt], extra={"spread": "quantity"})

    def scrap(self) -> int:
        return self.create("scrap", party_id=None, extra={"reason": "broken"})

    def stocktaking(self, *then: str, quantity: str = "98") -> int:
        """Of a warehouse with 100 of each; one of them is counted, 2 lack, and one that was not there is found."""
        document = self.create("stocktaking", party_id=None, lines=[])
        for action in then[:1]:
            self.act(document, action)
            self.boss.post("/api/stock/counts", self.counts(document, quantity))
        return self.act(document, *then[1:])

    def counts(self, document: int, quantity: str) -> dict[str, Any]:
        goods = zip(self.company.goods, (quantity, "103"), strict=False)
        return {"document_id": document, "counts": [
            {"place_id": self.company.place, "product_id": product, "quantity": counted} for product, counted in goods]}

    def priced(self, document: int) -> Request:
        [line, *_] = self.boss.get("/api/stock/counts", params={"document_id": document})
        return "POST", f"/api/stock/counts/{document}/prices", {
            "version": self.read(document)["version"], "prices": [{"line_id": line["id"], "price": "650"}]}

    def custody_issue(self, *then: str) -> int:
        return self.act(self.create("custody_issue", party_id=None, employee_id=self.boss.employee_id), *then)

    def custody_return(self, *then: str) -> int:
        return self.act(self.follow(self.custody_issue("post"), "custody_return"), *then)

    def custody_handover(self, *then: str) -> int:
        """All that the boss holds goes to somebody else of the branch."""
        self.custody_issue("post")
        mate = self.boss.post("/api/employees", {"name": "Юдин Ю. Ю.", "branch_id": self.boss.branch_id})["id"]
        return self.act(self.create("custody_handover", party_id=None, place_id=None, employee_to_id=mate,
                                    employee_id=self.boss.employee_id), *then)

    def numbered(self, kind: str, *then: str) -> int:
        """Of goods with serial numbers, of which two lie in the warehouse."""
        product = self.boss.post("/api/products", {"name": "Счётчик", "tracking": "serial"})["id"]
        lots = [{"code": code, "quantity": "1"} for code in ("С-1", "С-2")]
        self.act(self.create("receipt", line(product, 2, lots=lots)), "post")
        return self.act(self.create(kind, line(product, 2, lots=lots)), *then)

    def reservation(self) -> int:
        return self.boss.post("/api/stock/reservations", self.reservation_body())["id"]

    def reservation_body(self) -> dict[str, Any]:
        return {"product_id": self.company.goods[0], "place_id": self.company.place, "quantity": "4"}

    def moved_reserve(self) -> Request:
        """An order holds goods of which another one got nothing: somebody else has taken the rest."""
        giver = self.order()
        self.boss.post("/api/stock/reservations", self.reservation_body() | {"quantity": "98"})
        taker = self.act(self.create("sales_order"), "wait")
        rows = self.boss.post("/api/lists/reservations", {"columns": ["document", "version"], "sort": [
            {"column": "id"}]})["rows"]
        [held, *_] = [row for row in rows if row["document"] and row["document"]["id"] == giver]
        return "POST", f"/api/stock/reservations/{held['id']}/move", {
            "version": held["version"], "document_id": taker, "quantity": "1", "reason": "клиент ждёт"}

    def norms(self) -> dict[str, Any]:
        """The second warehouse lacks goods: one kind of them the first one gives, the other has to be bought."""
        first, second = self.company.goods[:2]
        return {"rules": [
            {"product_id": first, "place_id": self.company.second_place, "minimum": "5", "target": "9"},
            {"product_id": second, "place_id": self.company.second_place, "minimum": "2", "target": "4",
             "supplier_id": self.company.supplier}]}

    def lacking(self) -> dict[str, Any]:
        self.boss.post("/api/stock/rules", self.norms())
        return {"ids": [row["id"] for row in self.boss.post("/api/lists/replenishment", {})["rows"]]}

    def other_allocation(self, payment: int) -> Request:
        invoices = [row["id"] for row in self.boss.post("/api/lists/invoice", {"sort": [{"column": "id"}]})["rows"]]
        shares = [{"invoice_id": invoice, "amount": "100"} for invoice in invoices[:2]]
        return self.action(payment, "allocate", shares=shares)

    def changed_draft(self) -> Request:
        draft = self.read(self.create("issue"))
        lines = [line(self.company.goods[2], 5), line(self.company.goods[0], 1, id=draft["lines"][0]["id"])]
        return "PUT", f"/api/documents/{draft['id']}", self.company.order(lines, version=draft["version"])


#: Name → the request, made when everything it needs is there. A workflow action is called `<kind>.<action>`.
COMMANDS: dict[str, Callable[[Shop], Request]] = {
    "receipt.post": lambda s: s.action(s.create("receipt"), "post"),
    "receipt of an order": lambda s: s.action(s.receipt_on_order(), "post"),
    "receipt of an order taken back": lambda s: s.action(s.act(s.receipt_on_order(), "post"), "unpost"),
    "receipt of a УПД": lambda s: s.upd_receipt(),
    "purchase_order.confirm": lambda s: s.action(s.purchase_order(), "confirm"),
    "purchase_order.annul": lambda s: s.action(s.purchase_order("confirm"), "annul"),
    "receipt.unpost": lambda s: s.action(s.new("receipt", then=["post"]), "unpost"),
    "transfer.send": lambda s: s.action(s.transfer(), "send"),
    "transfer.accept": lambda s: s.action(s.act(s.transfer(), "send"), "accept"),
    "transfer.post": lambda s: s.action(s.transfer(), "post"),
    "transfer.unpost": lambda s: s.action(s.act(s.transfer(), "send", "accept"), "unpost"),
    "transfer_acceptance.post": lambda s: s.action(s.acceptance(), "post"),
    "transfer_acceptance.unpost": lambda s: s.action(s.act(s.acceptance(), "post"), "unpost"),
    "transfer.return_rest": lambda s: s.action(s.short_transfer(), "return_rest"),
    "transfer.write_off_rest": lambda s: s.action(s.short_transfer(), "write_off_rest"),
    "transfer.reopen_rest": lambda s: s.action(s.short_transfer("return_rest"), "reopen_rest"),
    "transfer.unaccept": lambda s: s.action(s.act(s.transfer(), "send", "accept"), "unaccept"),
    "placement.post": lambda s: s.action(s.placement(), "post"),
    "placement.unpost": lambda s: s.action(s.act(s.placement(), "post"), "unpost"),
    "put away": lambda s: s.put_away(),
    "issue out of bins": lambda s: s.action(s.issue_out_of_bins(), "post"),
    "sales_return.post": lambda s: s.action(s.sales_return(), "post"),
    "sales_return.unpost": lambda s: s.action(s.act(s.sales_return(), "post"), "unpost"),
    "supplier_return.post": lambda s: s.action(s.supplier_return(), "post"),
    "supplier_return.unpost": lambda s: s.action(s.act(s.supplier_return(), "post"), "unpost"),
    "landed_cost.post": lambda s: s.action(s.landed_cost(), "post"),
    "landed_cost.unpost": lambda s: s.action(s.act(s.landed_cost(), "post"), "unpost"),
    "scrap.post": lambda s: s.action(s.scrap(), "post"),
    "scrap.unpost": lambda s: s.action(s.act(s.scrap(), "post"), "unpost"),
    "stocktaking.start": lambda s: s.action(s.stocktaking(), "start"),
    "stocktaking.check": lambda s: s.action(s.stocktaking("start"), "check", missing="zero"),
    "stocktaking.recount": lambda s: s.action(s.stocktaking("start", "check"), "recount"),
    "stocktaking.approve": lambda s: s.action(s.stocktaking("start", "check"), "approve"),
    "stocktaking.post": lambda s: s.action(s.stocktaking("start", "check", "approve"), "post"),
    "stocktaking.unpost": lambda s: s.action(s.stocktaking("start", "check", "approve", "post"), "unpost"),
    "stocktaking.annul": lambda s: s.action(s.stocktaking("start"), "annul"),
    "count": lambda s: ("POST", "/api/stock/counts", s.counts(s.stocktaking("start"), "97")),
    "price a surplus": lambda s: s.priced(s.stocktaking("start", "check")),
    "custody_issue.post": lambda s: s.action(s.custody_issue(), "post"),
    "custody_issue.unpost": lambda s: s.action(s.custody_issue("post", "accept"), "unpost"),
    "custody_issue.extend": lambda s: s.action(s.custody_issue("post"), "extend", due_date="2099-01-01"),
    "custody_handover.extend": lambda s: s.action(s.custody_handover("offer", "accept"), "extend",
                                                  due_date="2099-01-01"),
    "custody_return.post": lambda s: s.action(s.custody_return(), "post"),
    "custody_return.unpost": lambda s: s.action(s.custody_return("post"), "unpost"),
    "custody_handover.offer": lambda s: s.action(s.custody_handover(), "offer"),
    "custody_handover.accept": lambda s: s.action(s.custody_handover("offer"), "accept"),
    "custody_handover.unpost": lambda s: s.action(s.custody_handover("offer", "accept"), "unpost"),
    "make and post": lambda s: ("POST", f"/api/documents/{s.order()}/based-on", {"kind": "issue", "action": "post"}),
    "sales_order.confirm": lambda s: s.action(s.create("sales_order"), "confirm"),
    "sales_order.wait": lambda s: s.action(s.create("sales_order"), "wait"),
    "sales_order.release": lambda s: s.action(s.order(), "release"),
    "sales_order.close_short": lambda s: s.action(s.order(), "close_short"),
    "sales_order.annul": lambda s: s.action(s.order(), "annul"),
    "invoice.issue": lambda s: s.action(s.create("invoice"), "issue"),
    "invoice.reserve": lambda s: s.action(s.invoice(), "reserve"),
    "invoice.release": lambda s: s.action(s.reserved_invoice(), "release"),
    "invoice.annul": lambda s: s.action(s.reserved_invoice(), "annul"),
    "issue.post": lambda s: s.action(s.issue_on_order(), "post"),
    "issue.unpost": lambda s: s.action(s.act(s.issue_on_order(), "post"), "unpost"),
    "numbers shipped": lambda s: s.action(s.numbered("issue"), "post"),
    "numbers taken back": lambda s: s.action(s.numbered("issue", "post"), "unpost"),
    "upd.post": lambda s: s.action(s.create("upd"), "post"),
    "act.post": lambda s: s.action(s.create("act"), "post"),
    "offer.accept": lambda s: s.action(s.new("offer", then=["send"]), "accept"),
    "offer.revise": lambda s: s.action(s.new("offer", then=["send"]), "revise"),
    "payment.post": lambda s: s.action(s.payment(), "post"),
    "payment.allocate": lambda s: s.other_allocation(s.payment("post")),
    "payment.unpost": lambda s: s.action(s.payment("post"), "unpost"),
    "payment.return": lambda s: s.action(s.payment("post"), "return"),
    "reserve by hand": lambda s: ("POST", "/api/stock/reservations", s.reservation_body()),
    "release by hand": lambda s: ("POST", f"/api/stock/reservations/{s.reservation()}/release", {"version": 1}),
    "set norms": lambda s: ("POST", "/api/stock/rules", s.norms()),
    "fill up": lambda s: ("POST", "/api/stock/replenishment", s.lacking()),
    "give a reserve to another": lambda s: s.moved_reserve(),
    "create": lambda s: ("POST", "/api/documents/invoice", s.company.order([line(s.company.goods[0], 1)])),
    "change": lambda s: s.changed_draft(),
    "based on": lambda s: ("POST", f"/api/documents/{s.order()}/based-on", {"kind": "issue"}),
    "copy": lambda s: ("POST", f"/api/documents/{s.invoice()}/copy", None),
    "write to a customer": lambda s: ("POST", "/api/letters", {
        "document_id": s.invoice(), "to": [{"email": "buh@veter.example"}], "subject": "Счёт",
        "text": "Здравствуйте!"}),
    "save a party": lambda s: ("POST", "/api/parties", {
        "kind": "legal", "name": "ООО «Буря»", "contacts": [{"name": "Седов С. С.", "roles": []}]}),
    "pay an invoice": lambda s: ("POST", "/api/documents/payment", {
        "date": DAY, "party_id": s.company.customer, "amount": "100", "basis_ids": [s.invoice()]}),
}

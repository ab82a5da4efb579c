"""Runs the main job: goods come in, an offer becomes contract, invoice, reserve, shipment, УПД and payment."""

import logging
import secrets
import shutil
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import structlog

from crm_contract.access import LoginAnswer, LoginBody
from crm_contract.base import Created
from crm_contract.documents import (
    ActionBody,
    BasedOnBody,
    DocumentBody,
    DocumentRead,
    LineBody,
    kind_of,
)
from crm_contract.printing import PrintDocument
from crm_contract.vat import VatMode
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.rendering import file_name, render
from crm_server import demo_data
from demo import windows
from demo.server import running
from demo.windows import Stop

BUILD = Path("build/demo")


class Walk:
    """The steps of one salesperson over the client's own API."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._step = 0

    def say(self, text: str) -> None:
        self._step += 1
        sys.stdout.write(f"{self._step:2}. {text}\n")
        sys.stdout.flush()

    def read(self, document_id: int) -> DocumentRead:
        return self._api.get(f"/api/documents/{document_id}", DocumentRead)

    def create(self, kind: str, body: DocumentBody) -> DocumentRead:
        made = self._api.post(f"/api/documents/{kind}", Created, body)
        return self._told(made.id, "создан")

    def follow(self, basis: DocumentRead, kind: str) -> DocumentRead:
        made = self._api.post(f"/api/documents/{basis.id}/based-on", Created, BasedOnBody(kind=kind))
        return self._told(made.id, f"создан на основании {basis.number}")

    def act(self, document: DocumentRead, action: str) -> DocumentRead:
        self._api.post(f"/api/documents/{document.id}/actions/{action}", Created, ActionBody(version=document.version))
        return self._told(document.id, kind_of(document.kind).workflow.action(action).title.lower())

    def _told(self, document_id: int, what: str) -> DocumentRead:
        document = self.read(document_id)
        self.say(f"{kind_of(document.kind).title} {document.number}: {what}, сумма {document.gross} ₽")
        return document

    def print_forms(self, document: DocumentRead) -> None:
        data = self._api.get(f"/api/documents/{document.id}/print", PrintDocument)
        for form in kind_of(document.kind).forms:
            for output in form.formats:
                path = BUILD / file_name(data, form.layout, output)
                path.write_bytes(render(data, form.layout, output))
                self.say(f"Напечатано: {path} ({path.stat().st_size // 1024} КБ)")


def main_job(walk: Walk, company: demo_data.Company) -> DocumentRead:
    """Answers the paid invoice; raises AssertionError when a stage does not show what was done."""
    today = datetime.now(UTC).date()
    sensor, valve, work = (company.products[sku] for sku in ("104-220", "118-015", "Р-001"))

    def line(product: int, quantity: int, price: str, unit: str = "796") -> LineBody:
        return LineBody(product_id=product, quantity=Decimal(quantity), price=Decimal(price), unit=unit)

    receipt = walk.create("receipt", DocumentBody(
        date=today, party_id=company.supplier, place_id=company.warehouse, vat_mode=VatMode.ON_TOP,
        lines=[line(sensor, 10, "2900"), line(valve, 6, "1700")]))
    walk.act(receipt, "post")
    offer = walk.create("offer", DocumentBody(
        date=today, party_id=company.customer, vat_mode=VatMode.ON_TOP, title="Датчики и монтаж",
        lines=[line(sensor, 3, "4100"), line(valve, 4, "2350"), line(work, 8, "1500", "356")]))
    offer = walk.act(walk.act(offer, "send"), "accept")
    walk.print_forms(offer)
    contract = walk.act(walk.follow(offer, "contract"), "sign")
    walk.print_forms(contract)
    invoice = walk.act(walk.follow(contract, "invoice"), "issue")
    walk.print_forms(invoice)
    invoice = walk.act(invoice, "reserve")
    issue = walk.act(walk.follow(invoice, "issue"), "post")
    walk.print_forms(issue)
    upd = walk.act(walk.follow(issue, "upd"), "post")
    walk.print_forms(upd)
    walk.act(walk.follow(invoice, "payment"), "post")
    invoice = walk.read(invoice.id)
    walk.say("Стадии: " + " → ".join(f"{s.title}: {s.text}" for s in invoice.stages))
    assert all(stage.status in ("done", "current") for stage in invoice.stages), invoice.stages
    assert [fact.share for fact in invoice.facts] == [1, 1, 1], invoice.facts
    return invoice


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    password = secrets.token_urlsafe(12)
    with running(BUILD.absolute() / "data") as (url, pool):
        company = demo_data.load(pool, password)
        session = Session()
        api = ApiClient(url, session)
        answer = api.post("/api/login", LoginAnswer, LoginBody(login=demo_data.LOGIN, password=password, client="demo"))
        session.open(answer.token, answer.me)
        walk = Walk(api)
        walk.say(f"Сервер {url}, вошла {answer.me.employee.title}")
        invoice = main_job(walk, company)
        if windows.has_display():
            walk.say("Открыта программа; закройте её окно, чтобы закончить")
            windows.show(url, answer.token)
        else:
            stops = [Stop("home", "home"), Stop("customers", "list:parties"),
                     Stop("customer", "party", company.customer), Stop("products", "list:products"),
                     Stop("balances", "list:balances"), Stop("documents", "list:documents"),
                     Stop("invoice", "invoice", invoice.id)]
            for picture in windows.photograph(url, answer.token, stops, BUILD):
                walk.say(f"Снимок окна: {picture}")
        api.close()
    sys.stdout.write(f"Готово: документы лежат в {BUILD}\n")


if __name__ == "__main__":
    main()

"""Runs the main job: lists go in, goods come, an offer becomes contract, invoice, reserve, shipment, УПД and money."""

import logging
import secrets
import shutil
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import structlog

from crm_contract.documents import DocumentBody, DocumentRead, LineBody, kind_of
from crm_contract.exchange import ImportTarget
from crm_contract.parties import RefHit
from crm_contract.printing import PrintDocument
from crm_contract.vat import VatMode
from crm_desktop.rendering import file_name, render
from crm_server.audit.sealing import seal_whole
from crm_server.demo_company.load import SHOWN, load
from crm_server.kit.days import today
from crm_server.worker import work
from demo import messy_lists, windows
from demo.importing import load_list
from demo.mail import Mailbox, attachments, mail_server
from demo.people import Employee, Story, at_work, stages_line
from demo.server import running
from demo.windows import Stop

BUILD = Path("build/demo")
DATA = BUILD.absolute() / "data"
#: Lists of the real world, where they are at hand.
SHARED_LISTS = Path("../shared/data/excel")


def import_lists(seller: Employee, story: Story, work: Callable[[], None]) -> None:
    files = [(path, ImportTarget.PARTIES if "customers" in path.name else ImportTarget.PRODUCTS)
             for path in sorted(SHARED_LISTS.glob("*.xlsx"))]
    customers, prices = messy_lists.write(BUILD)
    for path, target in (*files, (customers, ImportTarget.PARTIES), (prices, ImportTarget.PRODUCTS)):
        load_list(seller, story, path, target, work, BUILD)


def print_forms(employee: Employee, story: Story, document: DocumentRead) -> None:
    data = employee.http.get(f"/api/documents/{document.id}/print", PrintDocument)
    for form in kind_of(document.kind).forms:
        for output in form.formats:
            path = BUILD / file_name(data, form.layout, output)
            path.write_bytes(render(data, form.layout, output))
            story.say(f"Напечатано: {path} ({path.stat().st_size // 1024} КБ)")


def _line(product: int, quantity: int, price: str, unit: str = "796") -> LineBody:
    return LineBody(product_id=product, quantity=Decimal(quantity), price=Decimal(price), unit=unit)


def main_job(seller: Employee, storekeeper: Employee, accountant: Employee, story: Story,
             deliver: Callable[[], None]) -> DocumentRead:
    """Answers the paid invoice; raises AssertionError when a stage does not show what was done."""
    day = today()
    customer = seller.find("parties", messy_lists.CUSTOMER_INN)
    sensor, valve, work = (seller.find("products", sku) for sku in (
        messy_lists.SENSOR, messy_lists.VALVE, messy_lists.WORK))

    warehouse = storekeeper.http.get("/api/pick/warehouse", list[RefHit])[0].id
    receipt = storekeeper.create("receipt", DocumentBody(
        date=day, party_id=storekeeper.find("parties", "Завод датчиков"), place_id=warehouse,
        vat_mode=VatMode.ON_TOP, lines=[_line(sensor, 10, "2900"), _line(valve, 6, "1700")]))
    storekeeper.act(receipt, "post")
    offer = seller.create("offer", DocumentBody(
        date=day, party_id=customer, title="Датчики и монтаж",
        lines=[_line(sensor, 3, "4100"), _line(valve, 4, "2350"), _line(work, 8, "1500", "356")]))
    offer = seller.act(seller.send(offer, deliver), "accept")
    print_forms(seller, story, offer)
    contract = seller.follow(offer, "contract")
    seller.act(seller.act(contract, "submit"), "approve")
    contract = seller.act(seller.send(contract, deliver), "sign")
    print_forms(seller, story, contract)
    invoice = seller.act(seller.follow(contract, "invoice"), "issue")
    seller.send(invoice, deliver)
    print_forms(seller, story, invoice)
    seller.act(invoice, "reserve")
    issue = storekeeper.act(storekeeper.follow(invoice, "issue"), "post")
    print_forms(storekeeper, story, issue)
    upd = accountant.act(accountant.follow(issue, "upd"), "post")
    accountant.send(upd, deliver)
    print_forms(accountant, story, upd)
    accountant.act(upd, "sign")
    accountant.act(accountant.follow(invoice, "payment"), "post")
    invoice = seller.documents.read(invoice.id)
    story.say("Стадии продажи", *stages_line(invoice).split("  "))
    assert all(stage.status in ("done", "current") for stage in invoice.stages), invoice.stages
    assert [fact.share for fact in invoice.facts] == [1, 1, 1], invoice.facts
    return invoice


def deliver_letters(story: Story, url: str, mailbox: Mailbox) -> None:
    """Runs the queue once and tells what reached the mail server."""
    work(url, 2, until_empty=True)
    for address, message in mailbox.take():
        story.say(f"Почтовый сервер принял письмо для {address}", f"тема: {message['Subject']}",
                  *(f"вложение: {name}" for name in attachments(message)))


def photograph(url: str, story: Story, invoice: DocumentRead, director: Employee) -> None:
    assert invoice.party is not None
    stops = [Stop("home", "home"), Stop("customers", "list:parties"), Stop("customer", "party", invoice.party.id),
             Stop("products", "list:products"), Stop("balances", "list:balances"),
             Stop("documents", "list:documents"), Stop("invoice", "invoice", invoice.id), Stop("import", "import"),
             Stop("users", "list:users"), Stop("mail-rules", "mail_rules")]
    for picture in windows.photograph(url, director.token, stops, BUILD):
        story.say(f"Снимок окна: {picture}")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    story, password = Story(), secrets.token_urlsafe(12)
    with mail_server() as mailbox, running(DATA) as (url, database_url, pool):
        made = load(pool, password)
        story.say("Показательная компания «Климат-Окно» с полугодом работы " + ("заведена" if made else "найдена"),
                  f"сервер {url}, пароль всех сотрудников на этот запуск: {password}",
                  *(f"{worker.login:<12}{worker.name}, {worker.position} ({worker.branch})" for worker in SHOWN))
        with at_work(url, password, story, "orlova", "sklad", "buh", "admin") as employees:
            seller, storekeeper, accountant, administrator = employees
            import_lists(seller, story, partial(work, database_url, 2, until_empty=True))
            deliver = partial(deliver_letters, story, database_url, mailbox)
            invoice = main_job(seller, storekeeper, accountant, story, deliver)
            if windows.has_display():
                story.say("Открыта программа; закройте её окно, чтобы закончить")
                windows.show(url, administrator.token)
            else:
                photograph(url, story, invoice, administrator)
        seal_whole(pool, DATA)
        story.say(f"Готово: документы и снимки лежат в {BUILD}")


if __name__ == "__main__":
    main()

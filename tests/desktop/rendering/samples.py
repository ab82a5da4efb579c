"""Invented firms with valid check digits, and documents of every printed kind between them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm_contract.printing import PrintBank, PrintCount, PrintDocument, PrintLine, PrintPaper, PrintParty
from crm_contract.totals import document_sums, line_sums
from crm_contract.vat import VatMode

SELLER = PrintParty(
    kind="legal", name="ООО «Контур климата»",
    full_name="Общество с ограниченной ответственностью «Контур климата»",
    inn="7714987307", kpp="771401001", ogrn="1187746593100",
    address="125167, г. Москва, Ленинградский пр-т, д. 47, стр. 2, помещ. 14",
    phone="+7 (495) 120-47-14", email="zakaz@kontur-klimata.example",
    bank=PrintBank(name="АО «ТБанк»", bic="044525974", account="40702810310000418236",
                   corr_account="30101810145250000974", city="Москва"),
    director_title="Генеральный директор", director_name="Образцов Павел Петрович", director_basis="Устава",
    accountant_name="Примерова Анна Ильинична",
)

BUYER = PrintParty(
    kind="legal", name="АО «Уральский хлебозавод № 7»",
    full_name="Акционерное общество «Уральский хлебозавод № 7»",
    inn="6671298410", kpp="667101001", ogrn="1096671004825",
    address="620014, Свердловская обл., г. Екатеринбург, ул. Мельничная, д. 18, литера А",
    phone="+7 (343) 355-18-18", email="buh@uhz7.example",
    bank=PrintBank(name="Уральский банк ПАО Сбербанк", bic="046577674", account="40702810316540027315",
                   corr_account="30101810500000000674", city="Екатеринбург"),
    director_title="Директор", director_name="Ветрова Елена Михайловна",
    director_basis="доверенности № 5 от 01.02.2026", accountant_name="Сомова Ирина Львовна",
)

SOLE_SELLER = PrintParty(
    kind="sole", name="ИП Ковалёв А. С.", full_name="Индивидуальный предприниматель Ковалёв Андрей Сергеевич",
    inn="772530184618", ogrn="320774600512944", address="115280, г. Москва, ул. Автозаводская, д. 23, кв. 61",
    phone="+7 (916) 204-55-01", email="kovalev@montazh.example",
    bank=PrintBank(name="АО «ТБанк»", bic="044525974", account="40802810300002861940",
                   corr_account="30101810145250000974", city="Москва"),
    director_name="Ковалёв Андрей Сергеевич",
)

PERSON = PrintParty(
    kind="person", name="Лаптева Н. В.", full_name="Лаптева Наталья Викторовна", inn="502917463078",
    address="141008, Московская обл., г. Мытищи, ул. Летная, д. 4, кв. 12", phone="+7 (903) 311-20-02",
    director_name="Лаптева Наталья Викторовна",
)

#: Forms of a deal between two sides, with prices; the others are papers of the warehouse.
TRADE_FORMS = ("offer", "contract", "invoice", "upd", "act", "order", "issue", "supplier_return", "sales_return")
#: Papers of the warehouse with somebody outside of it.
WITH_OTHER_SIDE = ("m4", "m15", "picking")

CONTRACT = PrintPaper(title="Договор", number="Д-000012", date=date(2026, 3, 14))


@dataclass(frozen=True)
class Item:
    sku: str
    name: str
    quantity: str
    price: str
    rate: str = "22"
    unit: str = "шт"
    unit_code: str = "796"
    is_service: bool = False
    discount: str = "0"
    note: str = ""
    origin: tuple[str, str, str] = ("", "", "")


ITEMS = (
    Item("VRF-280-ODU", "Наружный блок мультизональной системы VRF-280, 28 кВт, R32, пуск до −20 °C", "2", "418750.00",
         origin=("156", "Китай", "10702070/140926/5123456")),
    Item("VRF-56-CS", "Внутренний кассетный блок 5,6 кВт с декоративной панелью 600×600", "8", "61320.50", discount="5",
         origin=("156", "Китай", "10702070/140926/5123456"), note="Цвет панели RAL 9003"),
    Item("CU-3/8-32", "Труба медная отожжённая 3/8″ × 0,81 мм, бухта 32 м", "128.5", "462.40", unit="м",
         unit_code="006"),
    Item("FRZ-R32", "Хладагент R32, баллон 9 кг", "3", "9480.00", unit="упак", unit_code="778"),
    Item("", "Монтаж и пусконаладка системы кондиционирования «под ключ», включая обвязку <2 этажа> & автоматику", "1",
         "286000.00", unit="усл. ед", unit_code="876", is_service=True),
)


def lines_of(items: tuple[Item, ...], mode: VatMode = VatMode.INCLUDED) -> list[PrintLine]:
    """Lines with sums counted by the contract's own arithmetic."""
    lines = []
    for position, item in enumerate(items, 1):
        quantity, price = Decimal(item.quantity), Decimal(item.price)
        sums = line_sums(quantity, price, Decimal(item.discount), item.rate, mode)
        lines.append(PrintLine(
            position=position, sku=item.sku, name=item.name, is_service=item.is_service, unit=item.unit,
            unit_code=item.unit_code, quantity=quantity, price=price,
            net_price=(sums.net / quantity).quantize(Decimal("0.01")), discount=Decimal(item.discount), net=sums.net,
            vat_rate=item.rate, vat=sums.vat, gross=sums.gross, country_code=item.origin[0], country=item.origin[1],
            declaration=item.origin[2], note=item.note))
    return lines


def document(kind: str = "invoice", items: tuple[Item, ...] = ITEMS, mode: VatMode = VatMode.INCLUDED,
             **changes: Any) -> PrintDocument:
    """A document of 2 November 2026 between SELLER and BUYER; any field can be changed."""
    numbers = {"offer": "КП-000231", "contract": "Д-000048", "invoice": "СЧ-000418", "upd": "УПД-001207",
               "act": "А-000305", "order": "ЗП-000512", "issue": "РН-000777", "m4": "ПО-000045"}
    lines = lines_of(items, mode)
    sums = document_sums(line_sums(x.quantity, x.price, x.discount, x.vat_rate, mode) for x in lines)
    values: dict[str, Any] = {
        "kind": kind, "number": numbers.get(kind, "ПМ-000123"), "date": date(2026, 11, 2), "vat_mode": mode.value,
        "seller": SELLER, "buyer": BUYER, "contract": None if kind == "contract" else CONTRACT,
        "lines": lines, "net": sums.net, "vat": sums.vat, "gross": sums.gross,
        "author_name": "Орлова Евгения Дмитриевна",
        "author_title": "Менеджер по работе с клиентами", "author_phone": "+7 (495) 120-47-14, доб. 208",
        "author_email": "orlova@kontur-klimata.example", "delivery": "Доставка нашей машиной",
        "place": "Екатеринбург, ул. Мельничная, д. 18, производственный корпус 3",
    }
    if kind in ("offer", "contract"):
        values |= {"title": "Кондиционирование производственного корпуса № 3", "valid_until": date(2026, 11, 30)}
    if kind == "invoice":
        values |= {"due_date": date(2026, 11, 9), "comment": "Отгрузка в течение трёх рабочих дней после оплаты."}
    if kind == "order":
        values |= {"due_date": date(2026, 11, 20)}
    if kind == "upd":
        values |= {
            "payments": [PrintPaper(title="Платёжное поручение", number="318", date=date(2026, 10, 30))],
            "advances": [PrintPaper(title="Счёт-фактура", number="УПД-001166", date=date(2026, 10, 30))],
        }
    return PrintDocument(**(values | changes))


def exempt_items() -> tuple[Item, ...]:
    return tuple(Item(i.sku, i.name, i.quantity, i.price, "none", i.unit, i.unit_code, i.is_service, i.discount)
                 for i in ITEMS)


def sole_document(kind: str, **changes: Any) -> PrintDocument:
    """The seller is a sole proprietor who pays no VAT."""
    return document(kind, exempt_items(), seller=SOLE_SELLER, seller_pays_vat=False, **changes)


def long_document(kind: str, count: int) -> PrintDocument:
    """`count` lines, each with its own name and price."""
    return document(kind, many_items(count))


def warehouse_document(form: str, items: tuple[Item, ...] = ITEMS, **changes: Any) -> PrintDocument:
    """Moves between two warehouses at half of the price; with a supplier or a buyer where the form has one."""
    printed = document(form, items)
    lines = [line.model_copy(update={"cost": (line.net / 2).quantize(Decimal("0.01"))}) for line in printed.lines]
    inside = {} if form in WITH_OTHER_SIDE else {"buyer": SELLER, "place_to": "Склад «Север»", "contract": None}
    if form == "inv3":
        inside |= {"counts": counts_of(lines)}
    return printed.model_copy(update={
        "code": "OKD12345", "lines": lines, "place_from": "Основной склад", "place": "", "reason": "Бой, порча",
        "keeper_to": "Кладов Иван Ильич", **inside, **changes})


def counts_of(lines: list[PrintLine]) -> list[PrintCount]:
    """Every third thing is one short."""
    return [PrintCount(place="А / А-01-2", sku=line.sku, name=line.name, unit=line.unit, unit_code=line.unit_code,
                       price=line.net_price, booked=line.quantity, day=date(2026, 11, 2),
                       counted=line.quantity - (1 if index % 3 == 0 else 0))
            for index, line in enumerate(lines) if not line.is_service]


def many_items(count: int) -> tuple[Item, ...]:
    return tuple(
        Item(f"ART-{n:05}", f"Позиция {n}: клапан электромагнитный КЭ-{n}, DN {15 + n % 5 * 5}", str(1 + n % 7),
             f"{120 + n}.{n % 100:02}", rate=("22", "10")[n % 9 == 0])
        for n in range(1, count + 1))

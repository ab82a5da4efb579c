"""What a УПД of format 5.03 says: the seller's title ON_NSCHFDOPPR, КНД 1115131 (приказ ФНС ЕД-7-26/970@)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from crm_contract.documents import MAX_LINES, MAX_MONEY
from crm_contract.parties import AccountBody, PartyBody, PartyKind
from crm_contract.units import find_unit, is_unit, unit_title
from crm_contract.vat import NO_VAT
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.upd.tree import ASK_AGAIN, Node, read_tree

VERSION = "5.03"
SELLERS, BUYERS = "1115131", "1115132"
FUNCTIONS = {"СЧФДОП": "УПД", "ДОП": "Документ об отгрузке", "СЧФ": "Счёт-фактура"}
ROUBLE = "643"
ADVANCE = "2"
#: `НалСт` of the file → a code of `crm_contract.vat.RATES`; a rate of the kind 22/122 is charged inside of the sum.
_RATES = {"22%": "22", "20%": "20", "18%": "18", "10%": "10", "7%": "7", "5%": "5", "0%": "0", "без НДС": NO_VAT,
          "НДС исчисляется налоговым агентом": NO_VAT}
_INSIDE = {"22/122": "22", "20/120": "20", "18/118": "18", "10/110": "10", "7/107": "7", "5/105": "5"}
_SERVICES = {"2", "3"}  # works and services
#: The least quantity and the price above which none is kept by a line of ours.
LEAST, MAX_PRICE = Decimal("0.001"), Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line as it stands in the file; sums in roubles. `rate` is the code, `rate_title` what the file says."""

    number: int
    name: str
    code: str
    article: str
    barcode: str
    is_service: bool
    quantity: Decimal
    unit: str
    unit_title: str
    price: Decimal
    rate: str
    rate_title: str
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """`correction` is the number of a correction (0: none), `basis` the order or contract it was shipped by."""

    function: str
    title: str
    number: str
    date: date
    correction: int
    seller: PartyBody
    buyer_inn: str
    buyer_kpp: str
    buyer_name: str
    basis: str
    lines: Sequence[PaperLine]
    net: Decimal
    vat: Decimal
    gross: Decimal


def read_paper(content: bytes) -> Paper:
    """Raises UnreadableFile that says why the file is no УПД for us, and what to do."""
    document = _document(read_tree(content))
    facts = _demand(document.find("СвСчФакт"), "СвСчФакт")
    _check_kind(document, facts)
    table = document.find("ТаблСчФакт")
    rows = table.all("СведТов") if table else []
    if table is None or not rows:
        raise UnreadableFile("В УПД нет ни одной строки", ASK_AGAIN)
    if len(rows) > MAX_LINES:
        raise UnreadableFile(f"В УПД строк: {len(rows)}, а в одном документе их не больше {MAX_LINES}",
                             "Попросите поставщика разделить его на части")
    lines = [_line(row, number) for number, row in enumerate(rows, 1)]
    total = _demand(table.find("ВсегоОпл"), "ВсегоОпл")
    buyer = _demand(facts.find("СвПокуп"), "СвПокуп")
    identity = buyer.find("ИдСв/СвЮЛУч") or buyer.find("ИдСв/СвИП") or buyer.find("ИдСв/СвФЛУч") or Node("", {})
    vat = _vat(total, "СумНалВсего")
    gross = _money(total, "СтТовУчНалВсего", "Всего к оплате")
    return Paper(
        function=document.get("Функция"), title=FUNCTIONS[document.get("Функция")], number=facts.get("НомерДок")[:100],
        date=_day(facts.get("ДатаДок")), correction=_correction(facts), seller=_seller(facts),
        buyer_inn=identity.get("ИННЮЛ") or identity.get("ИННФЛ"), buyer_kpp=identity.get("КПП"),
        buyer_name=_name(identity), basis=_basis(document), lines=lines,
        net=_money(total, "СтТовБезНДСВсего", "Всего без НДС", gross - vat), vat=vat, gross=gross)


def _document(root: Node) -> Node:
    document = root.find("Документ")
    if root.tag != "Файл" or document is None:
        raise UnreadableFile("Это XML, но не файл обмена с УПД", "Нужен файл с именем ON_NSCHFDOPPR_….xml")
    if document.get("КНД") == BUYERS:
        raise UnreadableFile("Это титул покупателя, а не сам УПД", "Возьмите файл продавца: ON_NSCHFDOPPR_….xml")
    if document.get("КНД") != SELLERS:
        raise UnreadableFile(f"Это другой документ: КНД {document.get('КНД') or 'не указан'}, у УПД {SELLERS}",
                             "Выберите файл УПД: ON_NSCHFDOPPR_….xml")
    if root.get("ВерсФорм") != VERSION:
        raise UnreadableFile(f"УПД в формате {root.get('ВерсФорм') or 'без номера'}, а с 2026 года действует {VERSION}",
                             "Попросите поставщика прислать его в формате 5.03 или внесите приход вручную")
    return document


def _check_kind(document: Node, facts: Node) -> None:
    function = document.get("Функция")
    if function not in FUNCTIONS:
        raise UnreadableFile(f"Функция документа «{function}»: это не передача товара", "Приход по нему не оформляют")
    special = facts.find("ДопСвФХЖ1")
    if function == "СЧФ" and special is not None and special.get("СпОбстФСЧФ") == ADVANCE:
        raise UnreadableFile("Это счёт-фактура на аванс: товара по ней ещё нет", "Дождитесь УПД на отгрузку")
    currency = facts.find("ДенИзм")
    if currency is not None and currency.get("КодОКВ") != ROUBLE:
        raise UnreadableFile(f"УПД в валюте «{currency.get('НаимОКВ')}»", "Загружаются УПД в рублях: внесите приход"
                                                                          " вручную по курсу")


def _line(row: Node, number: int) -> PaperLine:
    more = row.find("ДопСведТов") or Node("", {})
    where = f"Строка {number}"
    unit_name, code = row.get("НаимЕдИзм"), row.get("ОКЕИ_Тов")
    known = code if is_unit(code) else (found.code if (found := find_unit(unit_name)) else "")
    vat = _vat(row, "СумНал")
    gross = _money(row, "СтТовУчНал", where)
    net = _money(row, "СтТовБезНДС", where, gross - vat)
    quantity = _quantity(row, where)
    title = row.get("НалСт")
    return PaperLine(
        number=number, name=_goods(row, more, where), code=more.get("КодТов")[:100],
        article=more.get("АртикулТов")[:50], barcode=more.get("ГТИН"), is_service=more.get("ПрТовРаб") in _SERVICES,
        quantity=quantity, unit=known, unit_title=unit_title(known) if known else unit_name or code,
        price=_price(row, where, quantity, net, gross),
        rate=_RATES.get(title) or _INSIDE.get(title, ""), rate_title=title, net=net, vat=vat, gross=gross)


def _goods(row: Node, more: Node, where: str) -> str:
    """What is sold, by whatever names it."""
    names = (row.get("НаимТов"), f"{more.get('ХарактерТов')} {more.get('АртикулТов')}", more.get("КодТов"))
    name = next((words for words in names if words.strip()), "")
    if not name:
        raise UnreadableFile(f"{where}: нет названия товара", ASK_AGAIN)
    return " ".join(name.split())[:500]


def _quantity(row: Node, where: str) -> Decimal:
    """Pieces as they stand there; one of a service that has none. Less than our lines can keep is refused."""
    quantity = _number(row.get("КолТов"), f"{where}: количество") if row.get("КолТов") else Decimal(1)
    if quantity <= 0:
        raise UnreadableFile(f"{where}: количество должно быть больше нуля", ASK_AGAIN)
    if quantity < LEAST:
        raise UnreadableFile(f"{where}: количество «{row.get('КолТов')[:40]}» меньше тысячной", ASK_AGAIN)
    return quantity


def _price(row: Node, where: str, quantity: Decimal, net: Decimal, gross: Decimal) -> Decimal:
    """Of a piece without VAT. What no line of ours can keep is refused, with VAT or without."""
    price = _number(row.get("ЦенаТов"), f"{where}: цена") if row.get("ЦенаТов") else net / quantity
    if max(price, gross / quantity.quantize(LEAST)) >= MAX_PRICE or quantity * price > MAX_MONEY / 2:
        raise UnreadableFile(f"{where}: цена или сумма слишком велика", ASK_AGAIN)
    return price


def is_inside(rate_title: str) -> bool:
    """22/122 and the like."""
    return rate_title in _INSIDE


def _vat(node: Node, name: str) -> Decimal:
    """«без НДС» is no tax."""
    amount = node.find(f"{name}/СумНал")
    return _bounded(amount.text.strip(), "Сумма НДС") if amount is not None else Decimal("0.00")


def _money(node: Node, name: str, where: str, otherwise: Decimal | None = None) -> Decimal:
    if not node.get(name) and otherwise is not None:
        return _bounded(str(otherwise), f"{where}: {name}")
    return _bounded(node.get(name), f"{where}: {name}")


def _bounded(text: str, where: str) -> Decimal:
    return _number(text, where).quantize(Decimal("0.01"))


def _number(text: str, where: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise UnreadableFile(f"{where}: «{text[:40]}» — не число" if text else f"{where}: не заполнено",
                             ASK_AGAIN) from None
    if not value.is_finite() or not 0 <= value <= MAX_MONEY:
        raise UnreadableFile(f"{where}: недопустимое число «{text[:40]}»", ASK_AGAIN)
    return value


def _day(text: str) -> date:
    """ДД.ММ.ГГГГ"""
    try:
        day, month, year = (int(part) for part in text.split("."))
        return date(year, month, day)
    except ValueError:
        raise UnreadableFile(f"Дата документа записана неверно: «{text[:20]}»", ASK_AGAIN) from None


def _correction(facts: Node) -> int:
    found = facts.find("ИспрДок")
    number = found.get("НомИспр") if found is not None else ""
    return int(number) if number.isdecimal() and len(number) < 4 else 0


def _basis(document: Node) -> str:
    """«Договор поставки № 7 от 01.02.2026»"""
    found = document.find("СвПродПер/СвПер/ОснПер")
    if found is None:
        return ""
    return f"{found.get('РеквНаимДок')} № {found.get('РеквНомерДок')} от {found.get('РеквДатаДок')}"[:300]


def _seller(facts: Node) -> PartyBody:
    """The requisites as a new supplier would have them."""
    node = _demand(facts.find("СвПрод"), "СвПрод")
    legal, sole = node.find("ИдСв/СвЮЛУч"), node.find("ИдСв/СвИП")
    if legal is None and sole is None:
        raise UnreadableFile("Продавец в УПД — не российская организация и не ИП", "Внесите приход вручную")
    identity = legal or sole or Node("", {})
    name = _name(identity)
    if legal is not None and node.get("СокрНаим"):
        name = node.get("СокрНаим")
    inn = (identity.get("ИННЮЛ") or identity.get("ИННФЛ"))[:12]
    if not name and not inn:
        raise UnreadableFile("В УПД не назван продавец: нет ни названия, ни ИНН", ASK_AGAIN)
    return PartyBody(
        kind=PartyKind.LEGAL if legal else PartyKind.SOLE, name=name[:300] or inn,
        full_name=identity.get("НаимОрг")[:500], inn=inn,
        kpp=identity.get("КПП")[:9], ogrn=identity.get("ОГРНИП")[:15], legal_address=_address(node)[:500],
        is_customer=False, is_supplier=True, accounts=_accounts(node))


def _name(identity: Node) -> str:
    person = identity.find("ФИО")
    if person is None:
        return identity.get("НаимОрг")
    words = " ".join(filter(None, (person.get(part) for part in ("Фамилия", "Имя", "Отчество"))))
    return f"ИП {words}" if identity.tag == "СвИП" else words


def _address(node: Node) -> str:
    free = node.find("Адрес/АдрИнф")
    if free is not None:
        return free.get("АдрТекст")
    found = node.find("Адрес/АдрРФ") or Node("", {})
    named = (("д. ", "Дом"), ("корп. ", "Корпус"), ("кв. ", "Кварт"))
    parts = [found.get(name) for name in ("Индекс", "НаимРегион", "Район", "Город", "НаселПункт", "Улица")]
    parts += [_with(prefix, found.get(name)) for prefix, name in named]
    return ", ".join(part for part in [*parts, found.get("ИныеСвед")] if part)


def _with(prefix: str, value: str) -> str:
    """«1» is «д. 1», «д. 1» stays."""
    return f"{prefix}{value}" if value[:1].isdigit() else value


def _accounts(node: Node) -> list[AccountBody]:
    found = node.find("БанкРекв")
    bank = node.find("БанкРекв/СвБанк")
    if found is None or bank is None or len(found.get("НомерСчета")) != 20 or len(bank.get("БИК")) != 9:
        return []
    return [AccountBody(bic=bank.get("БИК"), account=found.get("НомерСчета"), bank=bank.get("НаимБанк")[:200],
                        corr_account=bank.get("КорСчет")[:20], main=True)]


def _demand(node: Node | None, name: str) -> Node:
    if node is None:
        raise UnreadableFile(f"В УПД нет обязательного раздела «{name}»", ASK_AGAIN)
    return node

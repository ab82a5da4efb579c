"""УПД: счёт-фактура (Постановление 1137) with the transfer block of the ФНС letter ММВ-20-3/96@, A4 landscape.

Status 1 is a счёт-фактура and a transfer document, status 2 a transfer document alone. The blank follows the day of
the document (`rendering/law.py`). Lines and columns are numbered as the form numbers them.
"""

from crm_contract.printing import PrintDocument, PrintPaper, PrintParty
from crm_desktop.rendering.extras import Extra, extra
from crm_desktop.rendering.formats import DASH, NBSP, long_day, number_of
from crm_desktop.rendering.law import UpdForm, upd_form
from crm_desktop.rendering.layouts.blocks import inn_kpp, row
from crm_desktop.rendering.layouts.upd_lines import STATUS_WIDTH, lines_table
from crm_desktop.rendering.layouts.upd_transfer import invoice_signatures, transfer
from crm_desktop.rendering.tree import (
    Align,
    Cell,
    KeepTogether,
    Margins,
    Row,
    Sheet,
    Side,
    Spacer,
    Table,
    VAlign,
)

_MARGINS = Margins(left=9, top=9.5, right=9, bottom=7)
_CURRENCIES = {
    "RUB": "Российский рубль, 643", "USD": "Доллар США, 840", "EUR": "Евро, 978", "CNY": "Юань, 156",
    "BYN": "Белорусский рубль, 933", "KZT": "Тенге, 398",
}

# Widths of the head: the status box (three columns), lines 2-5, a gap, lines 6-8.
_STATUS = (13.0, 6.0, STATUS_WIDTH - 19.0)
_LEFT = (39.0, 78.0, 8.0)
_GAP = 3.0
_RIGHT = (41.0, 75.0, 8.0)
_CAPTION_SIZE, _SIZE, _SMALL = 6.5, 7.0, 5.5


def status(document: PrintDocument) -> int:
    """1 when the seller charges VAT, so that the paper is a счёт-фактура too; else 2."""
    return 1 if document.seller_pays_vat else 2


def build(document: PrintDocument) -> Sheet:
    form = upd_form(document.date)
    title = f"Универсальный передаточный документ {number_of(document.number, document.date)}"
    return Sheet(
        title=title, running=title, author=document.seller.name, landscape=True, margins=_MARGINS,
        is_draft=document.is_draft,
        blocks=(
            _head(document, form),
            Spacer(1.5),
            lines_table(document),
            KeepTogether((invoice_signatures(document, form, status(document)), Spacer(1.2),
                          *transfer(document, form))),
        ))


def _head(document: PrintDocument, form: UpdForm) -> Table:
    """Lines (1)-(8) to the right of the status box."""
    left = _left_lines(document)
    right = _right_lines(document)
    body: list[tuple[Cell, ...]] = []
    for index, line in enumerate(left):
        other = right[index] if index < len(right) else (Cell("", span=3),)
        body.append((*line, Cell(), *other))
    if form.has_advance_line:
        body.append(_advance_line(document))
    return Table(
        (*_STATUS, *_LEFT, _GAP, *_RIGHT),
        (*_title_rows(document, form), *_beside_status(document, body)),
        size=_SIZE, pad=(0.9, 0.3), valign=VAlign.BOTTOM)


def _title_rows(document: PrintDocument, form: UpdForm) -> tuple[Row, Row]:
    correction = extra(document, Extra.CORRECTION_NUMBER)
    corrected = extra(document, Extra.CORRECTION_DATE)
    decree = (
        "Приложение № 1 к постановлению Правительства Российской Федерации от 26 декабря 2011 г. № 1137\n"
        f"(в редакции постановления Правительства Российской Федерации {form.decree})"
    )
    number = f"Счет-фактура №{NBSP}{document.number} от {long_day(document.date)}"
    return (
        row(Cell("Универсальный передаточный документ", bold=True, size=7.5, span=3, rows=2, valign=VAlign.TOP),
            Cell(number, bold=True, size=10, span=2, thick=Side.LEFT), _mark("(1)"), Cell(),
            Cell(decree, Align.RIGHT, VAlign.TOP, size=_SMALL, span=3, rows=2)),
        row(Cell(f"Исправление №{NBSP}{correction or DASH} от {corrected or DASH}", span=2, thick=Side.LEFT),
            _mark("(1а)"), Cell()),
    )


def _beside_status(document: PrintDocument, body: list[tuple[Cell, ...]]) -> tuple[Row, ...]:
    """The status box takes the first row, its legend the rest."""
    legend = "1 – счет-фактура и передаточный документ (акт)\n2 – передаточный документ (акт)"
    first = (
        Cell("Статус:", valign=VAlign.MIDDLE),
        Cell(str(status(document)), Align.CENTER, VAlign.MIDDLE, bold=True, size=9, border=Side.ALL, thick=Side.ALL),
        Cell(),
    )
    rest = (Cell(legend, size=_SMALL, span=3, rows=len(body) - 1, valign=VAlign.MIDDLE),)
    return tuple(
        row(*(first if index == 0 else rest if index == 1 else ()), *line) for index, line in enumerate(body))


def _mark(text: str) -> Cell:
    return Cell(text, size=_CAPTION_SIZE)


def _left(caption: str, value: str, mark: str, bold: bool = False) -> tuple[Cell, ...]:
    return (
        Cell(caption, bold=bold, size=_CAPTION_SIZE, thick=Side.LEFT), Cell(value, border=Side.BOTTOM), _mark(mark))


def _right(caption: str, value: str, mark: str, bold: bool = False) -> tuple[Cell, ...]:
    return Cell(caption, bold=bold, size=_CAPTION_SIZE), Cell(value, border=Side.BOTTOM), _mark(mark)


def _left_lines(document: PrintDocument) -> list[tuple[Cell, ...]]:
    seller = document.seller
    return [
        _left("Продавец:", seller.full_name or seller.name, "(2)", bold=True),
        _left("Адрес:", seller.address, "(2а)"),
        _left("ИНН/КПП продавца:", inn_kpp(seller), "(2б)"),
        _left("Грузоотправитель и его адрес:", _consignor(document), "(3)"),
        _left("Грузополучатель и его адрес:", _consignee(document), "(4)"),
        _left("К платежно-расчетному документу:", _numbers(document.payments, ", "), "(5)"),
        _left("Документ об отгрузке:", _shipment(document), "(5а)"),
    ]


def _right_lines(document: PrintDocument) -> list[tuple[Cell, ...]]:
    buyer = document.buyer
    state_contract = extra(document, Extra.STATE_CONTRACT, DASH)
    return [
        _right("Покупатель:", buyer.full_name or buyer.name, "(6)", bold=True),
        _right("Адрес:", buyer.address, "(6а)"),
        _right("ИНН/КПП покупателя:", inn_kpp(buyer), "(6б)"),
        _right("Валюта: наименование, код:", _CURRENCIES.get(document.currency, document.currency), "(7)"),
        _right("Идентификатор государственного контракта, договора (соглашения) (при наличии):", state_contract,
               "(8)"),
    ]


def _advance_line(document: PrintDocument) -> tuple[Cell, ...]:
    """Line (5б): счета-фактуры of the advances that this shipment uses up."""
    caption = (
        "К счету-фактуре (счетам-фактурам), выставленному (выставленным) при получении оплаты, частичной оплаты или "
        "иных платежей в счет предстоящих поставок товаров (выполнения работ, оказания услуг), передачи имущественных "
        "прав:"
    )
    return (
        Cell(caption, size=_CAPTION_SIZE, span=3, thick=Side.LEFT), Cell(),
        Cell(_numbers(document.advances, "; "), span=2, border=Side.BOTTOM), _mark("(5б)"))


def _has_goods(document: PrintDocument) -> bool:
    return any(not line.is_service for line in document.lines)


def _with_address(party: PrintParty) -> str:
    return ", ".join(part for part in (party.full_name or party.name, party.address) if part)


def _consignor(document: PrintDocument) -> str:
    if not _has_goods(document):
        return DASH
    return _with_address(document.consignor) if document.consignor else "он же"


def _consignee(document: PrintDocument) -> str:
    return _with_address(document.consignee or document.buyer) if _has_goods(document) else DASH


def _numbers(papers: list[PrintPaper], joint: str) -> str:
    return joint.join(number_of(paper.number, paper.date) for paper in papers) or f"№ {DASH} от {DASH}"


def _shipment(document: PrintDocument) -> str:
    """УПД is its own document of shipment unless others are named."""
    if document.shipments:
        return "; ".join(f"{paper.title} {number_of(paper.number, paper.date)}" for paper in document.shipments)
    count = len(document.lines)
    positions = f"№ п/п {'1' if count == 1 else f'1-{count}'}, " if count else ""
    return f"Универсальный передаточный документ, {positions}{number_of(document.number, document.date)}"



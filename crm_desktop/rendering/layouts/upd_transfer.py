"""The foot of УПД: signatures of the счёт-фактура and the transfer block with its lines in square brackets."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintParty
from crm_desktop.rendering.extras import Extra, delivery, extra
from crm_desktop.rendering.formats import NBSP, quoted_day
from crm_desktop.rendering.law import UpdForm
from crm_desktop.rendering.layouts.blocks import basis, inn_kpp, is_sole, row, signatory
from crm_desktop.rendering.layouts.upd_lines import SHEET_WIDTH, STATUS_WIDTH
from crm_desktop.rendering.tree import Align, Block, Cell, Row, SheetCount, Side, Table, VAlign

_SIZE, _SMALL = 7.0, 5.5
_CAPTION = {"align": Align.CENTER, "valign": VAlign.TOP, "size": _SMALL}
_LINE = {"align": Align.CENTER, "valign": VAlign.BOTTOM, "border": Side.BOTTOM}


def invoice_signatures(document: PrintDocument, form: UpdForm, status: int) -> Table:
    """Head and chief accountant, or the sole proprietor; blank in status 2, which is no счёт-фактура."""
    seller = document.seller
    signs = status == 1
    sole = is_sole(seller)
    head = short_name(seller.director_name) if signs and not sole else ""
    accountant = short_name(seller.accountant_name) if signs and not sole else ""
    proprietor = short_name(seller.director_name) if signs and sole else ""
    registration = _registration(document) if signs and sole else ""
    role, sign, name, gap = 42.0, 33.0, 46.0, 2.5
    widths = (STATUS_WIDTH, role, sign, gap, name, gap * 2, role, sign, gap,
              SHEET_WIDTH - STATUS_WIDTH - 2 * (role + sign + gap) - name - 2 * gap)
    rows = (
        row(Cell(SheetCount(), size=6.5, valign=VAlign.TOP, rows=4),
            Cell("Руководитель организации\nили иное уполномоченное лицо", thick=Side.LEFT), Cell("", **_LINE), Cell(),
            Cell(head, **_LINE), Cell(), Cell("Главный бухгалтер\nили иное уполномоченное лицо"),
            Cell("", **_LINE), Cell(), Cell(accountant, **_LINE), height=7.5),
        row(Cell("", thick=Side.LEFT), Cell("(подпись)", **_CAPTION), Cell(), Cell("(ф.и.о.)", **_CAPTION), Cell(),
            Cell(), Cell("(подпись)", **_CAPTION), Cell(), Cell("(ф.и.о.)", **_CAPTION)),
        row(Cell("Индивидуальный предприниматель\nили иное уполномоченное лицо", thick=Side.LEFT), Cell("", **_LINE),
            Cell(), Cell(proprietor, **_LINE), Cell(), Cell(registration, span=4, **_LINE), height=7),
        row(Cell("", thick=Side.LEFT | Side.BOTTOM), Cell("(подпись)", thick=Side.BOTTOM, **_CAPTION),
            Cell("", thick=Side.BOTTOM), Cell("(ф.и.о.)", thick=Side.BOTTOM, **_CAPTION),
            Cell("", thick=Side.BOTTOM), Cell(form.sole_caption, span=4, thick=Side.BOTTOM, **_CAPTION)),
    )
    return Table(widths, rows, size=_SIZE, pad=(0.9, 0.3), valign=VAlign.BOTTOM)


def _registration(document: PrintDocument) -> str:
    day = extra(document, Extra.SELLER_OGRN_DATE)
    return f"{document.seller.ogrn}{f' от {day}' if day else ''}"


def transfer(document: PrintDocument, form: UpdForm) -> tuple[Block, ...]:
    """The whole block: basis and transport over the full width, then two mirrored halves."""
    return _grounds(document, form.transfer_from), _halves(document, form.transfer_from + 2)


def _grounds(document: PrintDocument, first: int) -> Table:
    attorney = extra(document, Extra.POWER_OF_ATTORNEY)
    ground = "; ".join(part for part in (basis(document), attorney) if part)
    transport = extra(document, Extra.TRANSPORT, delivery(document))
    label, mark = 62.0, 8.0
    rows: list[Row] = []
    for index, (caption, value, hint) in enumerate((
        ("Основание передачи (сдачи) / получения (приемки)", ground, "(договор; доверенность и др.)"),
        ("Данные о транспортировке и грузе", transport,
         "(транспортная накладная, поручение экспедитору, экспедиторская / складская расписка и др. / масса нетто / "
         "брутто груза, если не приведены ссылки на транспортные документы, содержащие эти сведения)"),
    )):
        rows.append(row(Cell(caption), Cell(value, border=Side.BOTTOM), Cell(f"[{first + index}]")))
        rows.append(row(Cell(), Cell(hint, **_CAPTION), Cell()))
    return Table((label, SHEET_WIDTH - label - mark, mark), tuple(rows), size=_SIZE, pad=(0.6, 0.2),
                 valign=VAlign.BOTTOM)


def _halves(document: PrintDocument, first: int) -> Table:
    """Seller on the left, buyer on the right, rows on one level."""
    position, name = signatory(document.seller)
    left = _half(
        first, "Товар (груз) передал / услуги, результаты работ, права сдал",
        "Дата отгрузки, передачи (сдачи)", quoted_day(document.date), "Иные сведения об отгрузке, передаче",
        "(ссылки на неотъемлемые приложения, сопутствующие документы, иные документы и т.п.)",
        _composer(document.seller), (position, name), document.comment)
    right = _half(
        first + 5, "Товар (груз) получил / услуги, результаты работ, права принял",
        "Дата получения (приемки)", quoted_day(None), "Иные сведения о получении, приемке",
        "(информация о наличии/отсутствии претензии; ссылки на неотъемлемые приложения и другие документы и т.п.)",
        _composer(document.buyer), ("", ""), "")
    mark, gap = 8.0, 2.0
    half = SHEET_WIDTH / 2 - 1.5
    part = (half - mark - 2 * gap) / 3
    side = (part, gap, part, gap, part, mark)
    return Table(
        (*side, 1.5, 1.5, *side),
        tuple(row(*one, Cell(), Cell("", thick=Side.LEFT), *two, height=height)
              for (one, height), (two, _) in zip(left, right, strict=True)),
        size=_SIZE, pad=(0.6, 0.2), valign=VAlign.BOTTOM)


def _composer(party: PrintParty) -> str:
    name, codes = party.full_name or party.name, inn_kpp(party)
    label = "ИНН/КПП" if "/" in codes else "ИНН"
    return f"{name}, {label}{NBSP}{codes}" if codes else name


def _half(first: int, title: str, date_caption: str, dated: str, other_caption: str, other_hint: str, composer: str,
          person: tuple[str, str], other: str) -> list[tuple[tuple[Cell, ...], float]]:
    """Rows of one half with their least heights. One person hands over and answers for the paper, so both lines name
    the same position and name."""
    return [
        ((Cell(title, span=5), Cell()), 0),
        (_sign(person, f"[{first}]"), 5.5),
        (_sign_captions(), 0),
        ((Cell(date_caption, span=3), Cell(), Cell(dated), Cell(f"[{first + 1}]")), 4),
        ((Cell(other_caption, span=5), Cell()), 0),
        ((Cell(other, span=5, border=Side.BOTTOM), Cell(f"[{first + 2}]")), 4),
        ((Cell(other_hint, span=5, **_CAPTION), Cell()), 0),
        ((Cell("Ответственный за правильность оформления факта хозяйственной жизни", span=5), Cell()), 0),
        (_sign(person, f"[{first + 3}]"), 5.5),
        (_sign_captions(), 0),
        ((Cell("Наименование экономического субъекта – составителя документа (в т.ч. комиссионера / агента)", span=5),
          Cell()), 0),
        ((Cell(composer, span=5, border=Side.BOTTOM), Cell(f"[{first + 4}]")), 4),
        ((Cell("(может не заполняться при проставлении печати в М.П., может быть указан ИНН / КПП)", span=5,
               **_CAPTION), Cell()), 0),
        ((Cell("М.П.", Align.CENTER), Cell("", span=4), Cell()), 4),
    ]


def _sign(person: tuple[str, str], mark: str) -> tuple[Cell, ...]:
    position, name = person
    return Cell(position, **_LINE), Cell(), Cell("", **_LINE), Cell(), Cell(name, **_LINE), Cell(mark)


def _sign_captions() -> tuple[Cell, ...]:
    return (
        Cell("(должность)", **_CAPTION), Cell(), Cell("(подпись)", **_CAPTION), Cell(),
        Cell("(ф.и.о.)", **_CAPTION), Cell())

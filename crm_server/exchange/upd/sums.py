"""Whether a paper adds up: line by line, in total, and by the rates of its date. And how our own draft will differ.

No rule of the format covers these (its schema lets any sums pass), so they are told before anything is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_contract.incoming_upd import Severity, UpdProblem
from crm_contract.requisites import check_inn, check_kpp
from crm_contract.totals import CENT, HUNDRED, Sums, document_sums, line_sums, money, plain
from crm_contract.vat import NO_VAT, VatMode, rates_on, vat_rate
from crm_server.exchange.upd.paper import LEAST, Paper, PaperLine, is_inside

#: Digits of a price that our own lines keep.
_PRICE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of the paper as our draft will have it; `price` is in the mode of the draft."""

    quantity: Decimal
    price: Decimal
    rate: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Draft:
    mode: VatMode
    lines: Sequence[DraftLine]
    sums: Sums


def draft_of(paper: Paper) -> Draft:
    """In the mode in which fewest lines differ from the paper: a price without VAT is often a rounded one with it."""
    drafts = [_draft(paper, mode) for mode in (VatMode.ON_TOP, VatMode.INCLUDED)]
    return min(drafts, key=lambda draft: (len(list(_differing(paper, draft))), abs(draft.sums.gross - paper.gross)))


def _draft(paper: Paper, mode: VatMode) -> Draft:
    lines = [_draft_line(line, mode) for line in paper.lines]
    return Draft(mode, lines, document_sums(line.sums for line in lines))


def _draft_line(line: PaperLine, mode: VatMode) -> DraftLine:
    quantity = line.quantity.quantize(LEAST)
    rate = line.rate or NO_VAT
    price = (line.price if mode is VatMode.ON_TOP else line.gross / quantity).quantize(_PRICE)
    return DraftLine(quantity, price, rate, line_sums(quantity, price, Decimal(0), rate, mode))


def _differing(paper: Paper, draft: Draft) -> Iterator[tuple[PaperLine, Sums]]:
    for line, own in zip(paper.lines, draft.lines, strict=True):
        if (own.sums.net, own.sums.vat, own.sums.gross) != (line.net, line.vat, line.gross):
            yield line, own.sums


def find_problems(paper: Paper, draft: Draft) -> list[UpdProblem]:
    """In the order of the paper: the head, the lines, the totals, what rounding does to our draft."""
    return [*_of_head(paper), *(found for line in paper.lines for found in _of_line(paper, line)), *_of_totals(paper),
            *_of_draft(paper, draft)]


def _of_head(paper: Paper) -> Iterator[UpdProblem]:
    if paper.correction:
        yield UpdProblem(severity=Severity.ERROR, text=f"Это исправление № {paper.correction}: если УПД уже загружен,"
                                                       " исправьте тот приход, а не создавайте второй")
    if paper.function == "СЧФ":
        yield UpdProblem(severity=Severity.NOTE, text="Это счёт-фактура без передаточного документа: проверьте, что"
                                                      " товар приехал")
    for message in (check_inn(paper.seller.inn), check_kpp(paper.seller.kpp)):
        if message:
            yield UpdProblem(text=f"Продавец: {message}")


def _of_line(paper: Paper, line: PaperLine) -> Iterator[UpdProblem]:
    def told(text: str, severity: Severity = Severity.ERROR) -> UpdProblem:
        return UpdProblem(text=text, severity=severity, line=line.number)

    if not line.rate:
        yield told(f"Ставка НДС «{line.rate_title}» неизвестна, в приход пойдёт «Без НДС»" if line.rate_title
                   else "Ставка НДС не указана, в приход пойдёт «Без НДС»")
    elif line.rate not in {rate.code for rate in rates_on(paper.date)}:
        yield told(f"Ставка НДС {line.rate_title} на {paper.date:%d.%m.%Y} не действует")
    if line.net + line.vat != line.gross:
        yield told(f"{_sum(line.net)} + НДС {_sum(line.vat)} = {_sum(line.net + line.vat)}, а в документе"
                   f" {_sum(line.gross)}")
    worth = line.quantity * line.price
    if abs(worth - line.net) > CENT * max(Decimal(1), line.quantity):
        yield told(f"{_number(line.quantity)} × {_number(line.price)} = {_sum(worth)}, а в документе {_sum(line.net)}")
    percent = vat_rate(line.rate or NO_VAT).percent
    base = line.gross / (HUNDRED + percent) if is_inside(line.rate_title) else line.net / HUNDRED
    if line.rate and (off := abs(money(base * percent) - line.vat)):
        yield told(f"НДС {_sum(line.vat)}, а по ставке {line.rate_title} выходит {_sum(base * percent)}",
                   Severity.NOTE if off <= CENT else Severity.ERROR)
    if line.quantity != line.quantity.quantize(LEAST):
        yield told(f"Количество {_number(line.quantity)} округлено до тысячных")
    if not line.unit:
        yield told(f"Единица «{line.unit_title}» неизвестна: возьмём ту, что в нашей карточке", Severity.NOTE)


def _of_totals(paper: Paper) -> Iterator[UpdProblem]:
    for title, total, summed in (
            ("Всего без НДС", paper.net, sum((line.net for line in paper.lines), Decimal(0))),
            ("Всего НДС", paper.vat, sum((line.vat for line in paper.lines), Decimal(0))),
            ("Всего к оплате", paper.gross, sum((line.gross for line in paper.lines), Decimal(0)))):
        if total != summed:
            yield UpdProblem(text=f"{title}: в документе {_sum(total)}, а по строкам {_sum(summed)}")


def _of_draft(paper: Paper, draft: Draft) -> Iterator[UpdProblem]:
    """Our lines multiply a price of four digits; the paper's may be longer."""
    for line, own in _differing(paper, draft):
        yield UpdProblem(severity=Severity.NOTE, line=line.number, text=(
            f"В приходе будет {_sum(own.net)} + НДС {_sum(own.vat)} = {_sum(own.gross)}, в документе {_sum(line.net)} +"
            f" НДС {_sum(line.vat)} = {_sum(line.gross)}"))


def _sum(value: Decimal) -> str:
    """«19 760,01»"""
    return f"{money(value):,.2f}".replace(",", "\u00a0").replace(".", ",")


def _number(value: Decimal) -> str:
    return plain(value).replace(".", ",")

"""Lines of a document: values, sums, undo, rows of a spreadsheet."""

from decimal import Decimal

import pytest

from crm_contract.documents import LineBody
from crm_contract.kinds import LineColumn
from crm_contract.vat import VatMode
from crm_desktop.widgets.line_rows import (
    Line,
    LineRows,
    line_body,
    line_from,
    parse_value,
    pasted_rows,
    snapshot_line,
)


def line(name: str, quantity: str = "1", price: str = "100", **more: object) -> Line:
    return line_from({"name": name, "quantity": quantity, "price": price, "vat_rate": "22", **more})


def test_a_saved_line_goes_in_and_out() -> None:
    read = {"id": 5, "position": 1, "product": {"id": 7, "title": "Реле"}, "sku": "077-001", "name": "Реле РЭК-77",
            "is_service": False, "quantity": Decimal("2.5"), "unit": "796", "unit_title": "шт", "price": Decimal("610"),
            "discount": Decimal("10"), "vat_rate": "22", "net": Decimal(0), "vat": Decimal(0), "gross": Decimal(0),
            "free": None, "reserved": Decimal(0), "covered": Decimal(0), "basis_line_id": 3, "note": "н"}
    made = line_from(read)
    assert made.product_id == 7
    body = LineBody.model_validate(line_body(made))
    assert (body.id, body.product_id, body.quantity, body.basis_line_id) == (5, 7, Decimal("2.5"), 3)
    again = line_from(snapshot_line(made))
    assert line_body(again) == line_body(made)
    assert isinstance(again.quantity, Decimal)


def test_sums_are_the_contract_s() -> None:
    rows = LineRows()
    rows.set([line("Датчик", "3", "4100"), line("Клапан", "4", "2350", discount="5")])
    rows.mode = VatMode.ON_TOP
    totals = rows.totals()
    assert (totals.net, totals.vat, totals.gross) == (Decimal("21230.00"), Decimal("4670.60"), Decimal("25900.60"))
    assert rows.vat_by_rate() == {"22": Decimal("4670.60")}
    rows.mode = VatMode.INCLUDED
    assert rows.totals().gross == Decimal("21230.00")
    rows.priced = False
    assert rows.totals().gross == 0


def test_a_line_without_a_rate_has_no_vat() -> None:
    rows = LineRows()
    rows.set([line("Слова", vat_rate="")])
    assert rows.totals().vat == 0


def test_every_change_can_be_undone() -> None:
    changes: list[int] = []
    rows = LineRows(lambda: changes.append(1))
    rows.set([line("а"), line("б"), line("в")])
    assert not rows.can_undo
    before = [entry.name for entry in rows.lines]
    rows.remove([0, 2])
    rows.put(0, LineColumn.QUANTITY, Decimal(9))
    rows.copy(0)
    rows.move(1, -1)
    rows.insert(0, line("г"))
    rows.put_product(0, {"product_id": 1, "name": "д"})
    assert len(changes) == 6
    while rows.undo():
        pass
    assert [entry.name for entry in rows.lines] == before
    assert rows.lines[1].quantity == 1


def test_another_product_keeps_the_typed_quantity() -> None:
    rows = LineRows()
    rows.set([line("а", "7", id=3)])
    key = rows.lines[0].key
    rows.put_product(0, {"product_id": 5, "name": "Реле", "price": "10", "vat_rate": "10"})
    changed = rows.lines[0]
    assert (changed.id, changed.key, changed.product_id, changed.quantity, changed.price) == (
        3, key, 5, Decimal(7), Decimal(10))


def test_a_copy_is_a_new_line() -> None:
    rows = LineRows()
    rows.set([line("а", id=3, basis_line_id=4)])
    made = rows.copy(0)
    assert made.id is None
    assert made.basis_line_id is None
    assert made.key != rows.lines[0].key


@pytest.mark.parametrize(("text", "found"), [
    ("Реле РЭК-77\t10\t610,00", [("Реле РЭК-77", "10", "610.00")]),
    ("077-001\t4\n118-015\t1,5\t2 350", [("077-001", "4", None), ("118-015", "1.5", "2350")]),
    ("Кабель", [("Кабель", "1", None)]), ("1\tРеле\t5", [("Реле", "5", None)]),
    ("4600000104220\t3", [("4600000104220", "3", None)]), ("\r\n\t\r\n", []),
    ("Артикул\tНазвание\tКол-во\n104-220\tДатчик\t4", [("104-220", "4", None)]),
])
def test_rows_of_a_spreadsheet(text: str, found: list[tuple[str, str, str | None]]) -> None:
    rows = [(row.text, row.quantity, row.price) for row in pasted_rows(text)]
    assert rows == [(name, Decimal(q), Decimal(p) if p is not None else None) for name, q, p in found]


def test_a_quantity_that_is_none_is_told() -> None:
    rows = pasted_rows("Реле\t2\t610\nЗамок\tдве\t5 824,00\nКабель\t-5\nДатчик\nКлапан\t3")
    assert [row.doubt for row in rows] == ["", "две", "-5", "", ""]
    assert [row.quantity for row in rows] == [2, 1, 1, 1, 3]
    assert rows[1].price == Decimal(5824)


@pytest.mark.parametrize(("column", "text", "value"), [
    (LineColumn.QUANTITY, "1,5", "1.5"), (LineColumn.PRICE, "1 234.5678", "1234.5678"), (LineColumn.PRICE, "", "0"),
    (LineColumn.DISCOUNT, "5 %", "5"),
])
def test_typed_values(column: LineColumn, text: str, value: str) -> None:
    assert parse_value(column, text) == Decimal(value)


@pytest.mark.parametrize(("column", "text"), [
    (LineColumn.QUANTITY, "0"), (LineColumn.QUANTITY, ""), (LineColumn.QUANTITY, "-1"), (LineColumn.DISCOUNT, "101"),
    (LineColumn.PRICE, "-5"), (LineColumn.QUANTITY, "1.2345"), (LineColumn.PRICE, "дом"),
])
def test_refused_values(column: LineColumn, text: str) -> None:
    with pytest.raises(ValueError, match=r"[а-я]"):
        parse_value(column, text)


def test_shortage() -> None:
    assert line("а", "3", free="2").is_short
    assert not line("а", "2", free="2").is_short
    assert not line("а", "3").is_short
    assert not line("а", "3", free="0", is_service=True).is_short


def test_a_paper_may_promise_what_did_not_come() -> None:
    """Without a paper nothing is no quantity; with one it is typed, and the difference is told."""
    assert parse_value(LineColumn.QUANTITY, "0", may_be_nothing=True) == 0
    with pytest.raises(ValueError, match="больше нуля"):
        parse_value(LineColumn.QUANTITY, "", may_be_nothing=True)
    assert parse_value(LineColumn.PAPER, "") is None
    line = Line(quantity=Decimal(8), paper_quantity=Decimal(10))
    rows = LineRows()
    assert rows.text(line, LineColumn.DIFFERENCE) == "−2"
    line.quantity = Decimal(12)
    assert rows.text(line, LineColumn.DIFFERENCE) == "+2"
    assert rows.text(Line(), LineColumn.DIFFERENCE) == rows.text(Line(), LineColumn.PAPER) == ""
    assert line_body(line)["paper_quantity"] == 10

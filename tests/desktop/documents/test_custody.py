"""Custody in the editor: what the employee holds is offered as lines, each comes back in a condition."""

from decimal import Decimal

from PySide6.QtWidgets import QComboBox

from crm_contract.base import Ref
from crm_contract.kinds import LineColumn
from crm_desktop.documents.editor import DocumentEditor
from tests.desktop.documents.conftest import DAY, Office


def employee(office: Office, name: str) -> Ref:
    id = office.shop.insert("employee", name=name, branch_id=office.shop.ids["branch"])
    return Ref(id=id, title=name)


def give(office: Office, to: Ref, **pieces: str) -> int:
    """Posts an issue of these products, with goods that came just before."""
    for code, quantity in pieces.items():
        office.receive(code, quantity)
    id = office.make("custody_issue", [{"product_id": office.shop.ids[code], "quantity": quantity}
                                       for code, quantity in pieces.items()],
                     employee_id=to.id, place_id=office.shop.ids["main"], party_id=None)
    office.act(id, "post")
    return id


def lines_of(page: DocumentEditor) -> list[tuple[str, Decimal]]:
    assert page.lines is not None
    return [(line.name.split()[0], line.quantity) for line in page.lines.table.lines()]


def test_the_lines_of_a_return_begin_with_what_the_employee_holds(office: Office) -> None:
    first, second = employee(office, "Седов С. С."), employee(office, "Юдин Ю. Ю.")
    give(office, first, sensor="3", valve="1")
    give(office, second, relay="2")
    page = office.open("custody_return")
    assert lines_of(page) == []
    page.form.take("employee_id", second)
    office.idle()
    assert lines_of(page) == [("Реле", Decimal(2))]
    page.form.take("employee_id", first)
    office.idle()
    assert lines_of(page) == [("Датчик", Decimal(3)), ("Клапан", Decimal(1))], "an untouched offer follows the employee"
    assert page.lines is not None
    page.lines.table.set_quantity(0, Decimal(1))
    page.form.take("employee_id", second)
    office.idle()
    assert lines_of(page)[0] == ("Датчик", Decimal(1)), "what was typed stays"


def test_a_line_comes_back_in_the_chosen_condition(office: Office) -> None:
    holder = employee(office, "Седов С. С.")
    give(office, holder, sensor="3")
    page = office.open("custody_return", employee=holder, product_id=office.shop.ids["sensor"])
    assert page.lines is not None
    table = page.lines.table
    column = table.model.section_of(LineColumn.CONDITION)
    assert table.model.index(0, column).data() == "Исправен"
    table.view.edit_cell(0, column)
    combo = table.view.findChild(QComboBox)
    assert combo is not None
    assert [combo.itemText(n) for n in range(combo.count())] == ["Исправен", "В ремонт", "Списать"]
    combo.setCurrentIndex(1)
    table.view.commit()
    assert table.model.index(0, column).data() == "В ремонт"
    page.commands.save()
    office.idle()
    read = office.read(page.place()[1] or 0)
    assert [(line.condition, line.quantity) for line in read.lines] == [("repair", Decimal(3))]


def test_the_fact_of_an_issue_says_what_is_still_held(office: Office) -> None:
    holder = employee(office, "Седов С. С.")
    paper = give(office, holder, sensor="3")
    page = office.open("custody_issue", paper)
    assert page.document is not None
    assert [fact.text for fact in page.document.facts] == ["на руках 3 из 3"]
    assert page.document.employee == holder
    assert str(page.document.date) == DAY

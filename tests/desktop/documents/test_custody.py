"""Custody in the editor: what the employee holds is offered as lines, each comes back in a condition."""

import os
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from crm_contract.base import Ref
from crm_contract.custody import CUSTODY_ISSUE
from crm_contract.kinds import LineColumn
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.text_fields import MultilineEdit, PasswordEdit
from crm_server.access.passwords import hash_password
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


def test_the_employee_accepts_by_his_pin_at_the_storekeepers_desk(office: Office) -> None:
    holder = employee(office, "Седов С. С.")
    office.shop.insert("app_user", login="sedov", login_key="sedov", password_hash="", employee_id=holder.id,
                       pin_hash=hash_password("4831"))
    paper = give(office, holder, sensor="3")
    office.shop.sql("DELETE FROM role_grant WHERE permission = 'custody_issue.accept_others'")
    office.qtbot.wait(600)  # the server reads who asks once in half a second
    page = office.open("custody_issue", paper)
    for pin, state in (("1111", "issued"), ("4831", "accepted")):
        page.commands.run_main(False)
        dialog = office.dialog(page, Dialog)
        assert "Седов С. С.: проверьте документ" in " ".join(label.text() for label in dialog.findChildren(QLabel))
        [field] = dialog.findChildren(PasswordEdit)
        office.qtbot.keyClicks(field.editor, pin)
        if folder := os.environ.get("CRM_SHOTS"):
            dialog.grab().save(f"{folder}/pin_{pin}.png")
        office.qtbot.keyClick(field.editor, Qt.Key.Key_Return)
        office.idle()
        assert page.document is not None
        assert page.document.state == state


def test_a_term_is_extended_on_the_page(office: Office) -> None:
    holder = employee(office, "Седов С. С.")
    page = office.open("custody_issue", give(office, holder, sensor="3"))
    action = CUSTODY_ISSUE.workflow.action("extend")
    page.commands.run(action)
    dialog = office.dialog(page, Dialog)
    until = date.today() + timedelta(days=400)
    [day] = dialog.findChildren(DateEdit)
    day.set_value(until)
    [reason] = dialog.findChildren(MultilineEdit)
    reason.set_value("ждём деталь")
    if folder := os.environ.get("CRM_SHOTS"):
        dialog.grab().save(f"{folder}/extend.png")
    next(one for one in dialog.findChildren(Button) if "Продлить" in one.text()).click()
    office.idle()
    assert page.document is not None
    assert page.document.due_date == until
    assert "Разрешил(а)" in page.document.comments[-1].text, "it is longer than the company allows"

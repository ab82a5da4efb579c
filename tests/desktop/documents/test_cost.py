"""Cost on the screen: what a document dated back changes is seen before it is posted; the full cost of a receipt."""

from datetime import timedelta

from crm_desktop.documents.cost_dialogs import BackdateDialog, FullCostDialog
from crm_server.kit.days import today
from tests.desktop.documents.conftest import Office


def test_dated_back_and_landed(office: Office) -> None:
    first, late, sold = (str(today() - timedelta(days=days)) for days in (30, 20, 10))
    ids = office.shop.ids
    common = {"party_id": ids["supplier"] if "supplier" in ids else ids["customer"], "place_id": ids["main"],
              "vat_mode": "on_top"}
    office.make("receipt", [office.line("sensor", "10", "100")], "post", date=first, **common)
    issue = office.make("issue", [office.line("sensor", "5", "900")], "post", date=sold,
                        party_id=ids["customer"], place_id=ids["main"])
    receipt = office.make("receipt", [office.line("sensor", "10", "200")], date=late, **common)
    page = office.open("receipt", receipt)
    page.commands.run_main(False)
    office.idle()
    dialog = office.dialog(page, BackdateDialog)
    row = dialog.tree.topLevelItem(0)
    assert row is not None
    assert [row.text(column) for column in range(2, 5)] == ["500,00", "750,00", "+250,00"]
    assert office.read(issue).number in row.text(0)
    assert office.read(receipt).state == "draft"
    dialog.confirm()
    office.idle()
    assert office.read(receipt).state == "received"
    costs = office.make("landed_cost", [{"name": "Доставка", "quantity": "1", "price": "60", "unit": "796"}], "post",
                        party_id=ids["customer"], basis_ids=[receipt], vat_mode="on_top", extra={"spread": "quantity"})
    page.commands.show_full_cost()
    office.idle()
    full = office.dialog(page, FullCostDialog)
    goods = full.tree.topLevelItem(0)
    assert goods is not None
    assert [goods.text(column) for column in range(2, 6)] == [
        "2\xa0000,00", "60,00", "2\xa0060,00", "206,00"]
    added = goods.child(0)
    assert added is not None
    assert office.read(costs).number in added.text(0)

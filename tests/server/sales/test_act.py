"""The act of works done: a kind that was added by docs/add-a-feature.md without touching the engine."""

from crm_contract.printing import PrintDocument
from crm_desktop.rendering import render
from tests.server.conftest import Person
from tests.server.trading import DAY, act, line


def test_from_invoice_to_signed_act(boss: Person, shop: dict[str, int]) -> None:
    site = boss.post("/api/parties", {
        "name": "ООО «Гейзер»", "inn": "", "kpp": "",
        "sites": [{"name": "Котельная", "address": "Москва, ул. Лесная, 14"}]})["id"]
    site_id = boss.get(f"/api/parties/{site}")["sites"][0]["id"]
    invoice = boss.post("/api/documents/invoice", {
        "date": DAY, "party_id": site, "site_id": site_id, "place_id": shop["place"],
        "lines": [line(shop["work"], "2", "1500")]})
    act(boss, invoice["id"], "issue")
    made = boss.post(f"/api/documents/{invoice['id']}/based-on", {"kind": "act"})
    read = boss.get(f"/api/documents/{made['id']}")
    assert (read["number"], read["gross"], read["site"]["id"]) == ("А-000001", "3000.00", site_id)
    assert [node["kind"] for node in read["chain"]] == ["invoice", "act"]
    boss.put(f"/api/documents/{made['id']}", {
        "date": DAY, "party_id": site, "site_id": site_id, "version": read["version"],
        "extra": {"period": "ноябрь 2026"}, "lines": [line(shop["work"], "2", "1500")]})
    for action, state in (("post", "posted"), ("send", "sent"), ("sign", "signed")):
        assert act(boss, made["id"], action)["state"] == state
    printed = PrintDocument.model_validate(boss.get(f"/api/documents/{made['id']}/print"))
    assert (printed.place, printed.extra["period"]) == ("Котельная, Москва, ул. Лесная, 14", "ноябрь 2026")
    assert render(printed, "act", "pdf").startswith(b"%PDF")
    assert boss.post("/api/lists/act", {})["total"] == 1
    empty = boss.post("/api/documents/act", {"date": DAY, "party_id": site})
    boss.post(f"/api/documents/{empty['id']}/actions/post", {"version": 1}, status=409)

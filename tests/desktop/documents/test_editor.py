"""The editor against a real server."""

from tests.desktop.documents.conftest import Office


def test_every_kind_opens_new(office: Office) -> None:
    from crm_contract.documents import KINDS

    for code in KINDS:
        page = office.open(code)
        assert not page.dirty
        assert page.form.id_of("responsible_id") == office.shop.ids["employee"]

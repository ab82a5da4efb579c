"""The composition of the client's features."""

import pytest

from crm_desktop.shell import features


@pytest.mark.parametrize(("entity", "section"), [
    ("invoice", "list:invoice"), ("party", "list:parties"), ("party_merge", "list:parties"),
    ("product", "list:products"), ("import", "list:imports"), ("list:reservations", "list:reservations"),
    ("user", "settings"), ("list:audit", "settings"), ("nowhere", "nowhere"),
])
def test_every_page_marks_a_section_of_the_rail(entity: str, section: str) -> None:
    assert features.section_of(entity) == section

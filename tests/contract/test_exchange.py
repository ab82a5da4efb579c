"""The contract of the import is consistent with itself."""

from datetime import date

import pytest
from pydantic import ValidationError

from crm_contract.exchange import (
    BUCKETS,
    IMPORT_FIELDS,
    MATCH_CHOICES,
    PRICE_FIELDS,
    Bucket,
    ImportOptions,
    ImportTarget,
    ResolutionAction,
    Severity,
    import_field,
    is_open,
)


def options(mapping: dict[int, str], target: ImportTarget = ImportTarget.PARTIES) -> ImportOptions:
    return ImportOptions(target=target, sheet="Лист1", header_row=1, mapping=mapping, on_date=date(2026, 11, 24))


@pytest.mark.parametrize("target", list(ImportTarget))
def test_fields_are_named_once_and_one_is_required(target):
    names = [item.name for item in IMPORT_FIELDS[target]]
    assert len(set(names)) == len(names)
    assert [item.name for item in IMPORT_FIELDS[target] if item.required] == ["name"]
    assert MATCH_CHOICES[target]


def test_price_fields_are_fields_of_a_product():
    assert [import_field(ImportTarget.PRODUCTS, name).name for name in PRICE_FIELDS] == list(PRICE_FIELDS)
    with pytest.raises(KeyError):
        import_field(ImportTarget.PARTIES, "price")


def test_every_bucket_has_words():
    assert {choice.code for choice in BUCKETS} == set(Bucket)


def test_a_mapping_names_known_fields_once():
    assert options({0: "name", 1: "phone", 2: "phone", 3: ""}).mapping[2] == "phone"
    for wrong in ({0: "price"}, {0: "name", 1: "name"}):
        with pytest.raises(ValidationError):
            options(wrong)


@pytest.mark.parametrize(("severity", "answer", "expected"), [
    (Severity.NOTE, None, False), (Severity.DOUBT, None, True), (Severity.DOUBT, ResolutionAction.KEEP, False),
    (Severity.ERROR, ResolutionAction.KEEP, True), (Severity.ERROR, ResolutionAction.ACCEPT, False),
])
def test_what_keeps_a_row_out(severity, answer, expected):
    assert is_open(severity, answer) is expected

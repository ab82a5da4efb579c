"""Our own barcodes: what is printed is what is read."""

import pytest

from crm_contract.codes import CodeKind, Command, OwnCode, own_code


@pytest.mark.parametrize("code", [
    OwnCode(CodeKind.DOCUMENT, "4512"), OwnCode(CodeKind.PLACE, "31"), OwnCode(CodeKind.PRODUCT, "7"),
    OwnCode(CodeKind.BADGE, "7QX2MKDA4T"), *(OwnCode(CodeKind.COMMAND, command) for command in Command)])
def test_what_is_printed_is_read(code: OwnCode) -> None:
    assert own_code(f"{code}\r") == code
    assert str(code).isascii()
    assert str(code).isalnum()


@pytest.mark.parametrize("text", [
    "", "4607001234562", "OK", "OKD", "OKD0", "OKD12a", "OKD-1", "OKX12", "okd12", "ОКD12"])
def test_other_codes_are_not_ours(text: str) -> None:
    assert own_code(text) is None


def test_a_badge_stands_for_no_row() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        _ = OwnCode(CodeKind.BADGE, "7QX2MKDA4T").id

from decimal import Decimal

import pytest

from crm_desktop.shell.calculator import calculate


@pytest.mark.parametrize(("text", "value"), [
    ("2*350", "700"), ("(1 200,50 + 99,5) / 2", "650"), ("1500 × 20%", "300"), ("-3+1", "-2"), ("0,1+0,2", "0.3"),
    ("1/3*3", "0.9999999999999999999999999999"),
])
def test_sums(text: str, value: str) -> None:
    assert calculate(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "2*", "1/0", "__import__('os')", "a+1", "2**9", "'1'*3", "1" * 300, "(" * 90])
def test_what_is_no_sum(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its text is what was typed
        calculate(text)

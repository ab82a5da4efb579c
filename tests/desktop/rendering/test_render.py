"""The public calls: names of files, refusals, late imports."""

import subprocess
import sys

import pytest

from crm_desktop.rendering import FORM_TITLES, OUTPUTS, file_name, render

from .samples import document


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("form", FORM_TITLES)
def test_every_form_in_every_format(form: str, output: str) -> None:
    data = render(document(form), form, output)
    assert data.startswith(b"%PDF" if output == "pdf" else b"PK")


@pytest.mark.parametrize(("form", "name"), [
    ("invoice", "Счёт СЧ-000418 от 02.11.2026.pdf"), ("upd", "УПД УПД-001207 от 02.11.2026.pdf"),
    ("offer", "Коммерческое предложение КП-000231 от 02.11.2026.pdf"),
])
def test_file_names(form: str, name: str) -> None:
    assert file_name(document(form), form, "pdf") == name


def test_an_offer_names_its_version() -> None:
    name = file_name(document("offer", revision=2), "offer", "docx")
    assert name == "Коммерческое предложение КП-000231 от 02.11.2026 (версия 2).docx"


@pytest.mark.parametrize(("number", "safe"), [
    ("12/34:5", "Счёт 12-34-5 от 02.11.2026.pdf"), ('<>|"?*', "Счёт - от 02.11.2026.pdf"),
    ("..\\..\\x", "Счёт -..-x от 02.11.2026.pdf"), ("", "Счёт без номера от 02.11.2026.pdf"),
])
def test_file_names_suit_windows(number: str, safe: str) -> None:
    assert file_name(document(number=number), "invoice", "pdf") == safe


def test_long_numbers_are_cut() -> None:
    assert len(file_name(document(number="9" * 500), "invoice", "pdf")) < 130


def test_unknown_forms_and_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="form"):
        render(document(), "../invoice", "pdf")
    with pytest.raises(ValueError, match="form"):
        file_name(document(), "letter", "pdf")
    with pytest.raises(ValueError, match="output"):
        render(document(), "invoice", "rtf")


def test_heavy_libraries_are_imported_late() -> None:
    code = (
        "import sys, crm_desktop.rendering\n"
        "heavy = {'reportlab', 'docx', 'openpyxl', 'segno', 'num2words', 'PySide6', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

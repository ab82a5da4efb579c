"""Contract object in, bytes of a file out. No Qt, no network; the heavy libraries are imported on first use."""

import re
from collections.abc import Callable
from importlib import import_module

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.formats import day
from crm_desktop.rendering.tree import Sheet, printable

OUTPUTS = ("pdf", "docx", "xlsx")

#: Form code (a module of `layouts`) → how its file is called.
FORM_TITLES = {
    "offer": "Коммерческое предложение",
    "contract": "Договор",
    "invoice": "Счёт",
    "upd": "УПД",
    "act": "Акт",
    "order": "Заказ",
    "issue": "Расходная накладная",
    "supplier_return": "Возврат поставщику",
    "sales_return": "Возврат от покупателя",
    "m4": "М-4",
    "m11": "М-11",
    "m15": "М-15",
    "torg13": "ТОРГ-13",
    "torg16": "ТОРГ-16",
    "discrepancy": "ТОРГ-2",
    "inv3": "ИНВ-3",
    "custody": "Акт приёма-передачи",
    "picking": "Лист подбора",
}

_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST_NAME = 120


def render(document: PrintDocument, form: str, output: str) -> bytes:
    """The printed form as a file. Raises ValueError for an unknown form or output."""
    return _writer(output)(layout(document, form))


def layout(document: PrintDocument, form: str) -> Sheet:
    """The neutral tree of a form. Raises ValueError for an unknown form."""
    if form not in FORM_TITLES:
        raise ValueError(f"unknown printed form: {form}")
    return import_module(f"crm_desktop.rendering.layouts.{form}").build(document)


def file_name(document: PrintDocument, form: str, output: str) -> str:
    """«Счёт СЧ-000418 от 02.11.2026.pdf»: a name that Windows accepts too."""
    if form not in FORM_TITLES:
        raise ValueError(f"unknown printed form: {form}")
    version = f" (версия {document.revision})" if form == "offer" and document.revision > 1 else ""
    tail = f" от {day(document.date)}{version}"
    number = _FORBIDDEN_IN_NAMES.sub("-", printable(document.number)).strip(" .")
    number = number[:_LONGEST_NAME - len(FORM_TITLES[form]) - len(tail)]
    return f"{FORM_TITLES[form]} {number or 'без номера'}{tail}.{output}"


def _writer(output: str) -> Callable[[Sheet], bytes]:
    if output == "pdf":
        from crm_desktop.rendering.pdf import write_pdf

        return write_pdf
    if output == "docx":
        from crm_desktop.rendering.docx import write_docx

        return write_docx
    if output == "xlsx":
        from crm_desktop.rendering.xlsx_form import write_xlsx

        return write_xlsx
    raise ValueError(f"unknown output: {output}")

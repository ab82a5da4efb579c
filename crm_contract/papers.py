"""The printed forms of the warehouse; a kind names those that it prints.

Statutory blanks of Госкомстат (№ 71а of 1997-10-30, № 132 of 1998-12-25, № 88 of 1998-08-18): voluntary since 402-ФЗ,
and still what accountants and inspectors expect. Nobody edits them as a letter, so PDF and a workbook are enough.
"""

from crm_contract.kinds import PrintForm

FORMATS = ("pdf", "xlsx")

M4 = PrintForm("m4", "М-4 «Приходный ордер»", "m4", FORMATS)
M11 = PrintForm("m11", "М-11 «Требование-накладная»", "m11", FORMATS)
M15 = PrintForm("m15", "М-15 «Накладная на отпуск на сторону»", "m15", FORMATS)
TORG_13 = PrintForm("torg13", "ТОРГ-13 «Внутреннее перемещение»", "torg13", FORMATS)
TORG_16 = PrintForm("torg16", "ТОРГ-16 «Акт о списании»", "torg16", FORMATS)
TORG_2 = PrintForm("discrepancy", "ТОРГ-2 «Акт о расхождениях»", "discrepancy", FORMATS)
INV_3 = PrintForm("inv3", "ИНВ-3 «Инвентаризационная опись»", "inv3", FORMATS)
CUSTODY_ACT = PrintForm("custody", "Акт приёма-передачи", "custody", ("pdf", "docx", "xlsx"))
PICKING = PrintForm("picking", "Лист подбора", "picking", FORMATS)
SUPPLIER_RETURN_FORM = PrintForm("supplier_return", "Накладная на возврат поставщику", "supplier_return",
                                 ("pdf", "docx", "xlsx"))
SALES_RETURN_FORM = PrintForm("sales_return", "Накладная на возврат от покупателя", "sales_return",
                              ("pdf", "docx", "xlsx"))

"""The payment and its allocation to invoices."""

from crm_contract.kinds import (
    Accounting,
    Action,
    BasedOn,
    DocumentKind,
    Field,
    FieldType,
    Numbering,
    State,
    Totals,
    Workflow,
)
from crm_contract.lists import Choice, Tone
from crm_contract.sales import ANNULLED, COMMENT, CONTRACT, RESPONSIBLE, annul, unpost

SOURCES = (Choice("bank", "Банк"), Choice("cash", "Касса"), Choice("online", "Онлайн"))

PAYMENT = DocumentKind(
    code="payment", title="Платёж", title_plural="Платежи", short="Платёж", letter="Л", icon="coins", domain="payments",
    numbering=Numbering("ПЛ-", "payment"), stage="payment", totals=Totals.AMOUNT,
    fields=(
        Field("party_id", "Плательщик", FieldType.REF, required=True, entity="party", span=4),
        Field("amount", "Сумма", FieldType.MONEY, required=True, span=2),
        Field("source", "Источник", FieldType.CHOICE, choices=SOURCES, default="bank", span=2),
        Field("external_number", "№ платёжного поручения", span=2),
        Field("external_date", "Дата поручения", FieldType.DATE, span=2),
        Field("title", "Назначение", span=6),
        CONTRACT,
        RESPONSIBLE,
        COMMENT,
    ),
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("executed", "Проведён", Tone.OK, Accounting.POSTED),
            State("returned", "Возвращён", Tone.ERROR, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("post", "Провести и разнести", ("draft",), "executed", primary=True, icon="check"),
            Action("allocate", "Разнести по счетам", ("executed",), icon="arrows-split"),
            Action("return", "Возвращён плательщику", ("executed",), "returned", reason=True, icon="arrow-u-up-left"),
            unpost("executed"),
            annul("draft"),
        ),
    ),
    based_on=(BasedOn("invoice", ("issued", "sent")),),
    facts=("allocated",),
    list_fields=("title",),
)

KINDS: tuple[DocumentKind, ...] = (PAYMENT,)

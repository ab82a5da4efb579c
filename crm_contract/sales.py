"""The document kinds of sales, and the stages of a sale."""

from crm_contract.kinds import (
    Accounting,
    Action,
    BasedOn,
    DocumentKind,
    Field,
    FieldType,
    LineColumn,
    Numbering,
    PrintForm,
    State,
    Workflow,
)
from crm_contract.lists import Choice, Tone
from crm_contract.papers import M15, PICKING
from crm_contract.reserves import PRIORITY
from crm_contract.vat import VatMode

#: The seven cells of the stage meter, left to right.
STAGES: tuple[tuple[str, str], ...] = (
    ("offer", "КП"),
    ("contract", "Договор"),
    ("invoice", "Счёт"),
    ("reserve", "Резерв"),
    ("shipment", "Отгрузка"),
    ("upd", "УПД"),
    ("payment", "Оплата"),
)

VAT_MODES = (Choice(VatMode.INCLUDED, "НДС в цене"), Choice(VatMode.ON_TOP, "НДС сверху"))
DELIVERY = (
    Choice("pickup", "Самовывоз"),
    Choice("ours", "Доставка нашей машиной"),
    Choice("carrier", "Транспортная компания"),
)

PARTY = Field("party_id", "Клиент", FieldType.REF, required=True, entity="party", span=4)
CONTACT = Field("contact_id", "Контактное лицо", FieldType.REF, entity="contact", span=3)
CONTRACT = Field("contract_id", "Договор", FieldType.REF, entity="contract", span=3)
WAREHOUSE = Field("place_id", "Склад", FieldType.REF, goods_need_it=True, entity="warehouse", span=2)
SHIPPED_FROM = Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=2)
CONSIGNEE = Field("consignee_id", "Грузополучатель", FieldType.REF, entity="party", span=4)
SITE = Field("site_id", "Объект", FieldType.REF, entity="site", span=3)
RESPONSIBLE = Field("responsible_id", "Ответственный", FieldType.REF, entity="employee", span=3)
PRICES = Field("price_kind_id", "Вид цен", FieldType.REF, entity="price_kind", span=2)
VAT = Field("vat_mode", "НДС", FieldType.CHOICE, choices=VAT_MODES, default=VatMode.INCLUDED, span=2)
COMMENT = Field("comment", "Комментарий", FieldType.MULTILINE, span=12)
DELIVERY_FIELD = Field("delivery", "Доставка", FieldType.CHOICE, choices=DELIVERY, default="pickup", span=2)

PRICED_LINES = (
    LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.FREE, LineColumn.PRICE,
    LineColumn.DISCOUNT, LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL,
)
#: What leaves the warehouse names its serial numbers.
SHIPPED_LINES = (*PRICED_LINES[:4], LineColumn.LOTS, LineColumn.BIN, *PRICED_LINES[4:])

SERVICE_LINES = tuple(column for column in PRICED_LINES if column is not LineColumn.FREE)
#: Whether the signed paper came back, which is known long after posting.
ORIGINAL = Field("original", "Оригинал", FieldType.CHOICE, span=2, default="no", late=True,
                 choices=(Choice("no", "не вернулся"), Choice("yes", "вернулся", Tone.OK)))


def annul(*sources: str) -> Action:
    """«Аннулировать» from these states: always with a reason."""
    return Action("annul", "Аннулировать", sources, "annulled", reason=True, tone=Tone.ERROR, icon="prohibit")


def unpost(*sources: str) -> Action:
    """«Отменить проведение» from these states: by reversing rows, always with a reason."""
    return Action("unpost", "Отменить проведение", sources, "draft", reason=True, icon="arrow-u-up-left")


ANNULLED = State("annulled", "Аннулирован", Tone.NEUTRAL, Accounting.ANNULLED)

OFFER = DocumentKind(
    code="offer", title="Коммерческое предложение", title_plural="Коммерческие предложения", short="КП", letter="К",
    icon="file-text", domain="sales", numbering=Numbering("КП-", "offer"), stage="offer",
    fields=(
        PARTY, CONTACT, Field("valid_until", "Действует до", FieldType.DATE, span=2), PRICES, VAT,
        Field("title", "Тема", span=4), DELIVERY_FIELD, RESPONSIBLE, COMMENT,
    ),
    lines=PRICED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("sent", "Отправлено", Tone.INFO, Accounting.POSTED),
            State("accepted", "Принято", Tone.OK, Accounting.POSTED),
            State("declined", "Отклонено", Tone.ERROR, Accounting.POSTED),
            State("expired", "Истекло", Tone.WARN, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("send", "Отметить отправленным", ("draft",), "sent", primary=True, icon="paper-plane-tilt"),
            Action("accept", "Отметить принятым", ("sent", "expired"), "accepted", primary=True, icon="check"),
            Action("decline", "Клиент отказался", ("sent",), "declined", reason=True, icon="x"),
            Action("expire", "Срок истёк", ("sent",), "expired", icon="hourglass"),
            Action("revise", "Новая версия", ("sent", "declined", "expired"), "draft", icon="copy"),
            annul("draft", "sent"),
        ),
    ),
    forms=(PrintForm("offer", "Коммерческое предложение", "offer"),),
    list_fields=("valid_until", "title"),
)

CONTRACT_KIND = DocumentKind(
    code="contract", title="Договор", title_plural="Договоры", short="Договор", letter="Д", icon="handshake",
    domain="sales", numbering=Numbering("Д-", "contract"), stage="contract",
    fields=(
        PARTY, Field("title", "Предмет", span=4, required=True),
        Field("valid_until", "Действует до", FieldType.DATE, span=2), VAT, CONTACT, PRICES, DELIVERY_FIELD,
        Field("payment_days", "Отсрочка, дней", FieldType.INTEGER, default="0", span=2),
        ORIGINAL, RESPONSIBLE, COMMENT,
    ),
    lines=PRICED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("approval", "На согласовании", Tone.WARN, editable=False),
            State("signing", "На подписи", Tone.INFO, Accounting.POSTED),
            State("active", "Действует", Tone.OK, Accounting.POSTED),
            State("expired", "Истёк", Tone.WARN, Accounting.POSTED),
            State("terminated", "Расторгнут", Tone.ERROR, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("submit", "На согласование", ("draft",), "approval", icon="paper-plane-tilt"),
            Action("approve", "Согласовать", ("approval",), "signing", primary=True, icon="check"),
            Action("return", "Вернуть на доработку", ("approval",), "draft", reason=True, icon="arrow-u-up-left"),
            Action("sign", "Отметить подписанным", ("draft", "signing"), "active", primary=True, icon="signature"),
            Action("expire", "Срок истёк", ("active",), "expired", icon="hourglass"),
            Action("terminate", "Расторгнуть", ("active",), "terminated", reason=True, tone=Tone.ERROR, icon="x"),
            annul("draft", "approval", "signing"),
        ),
    ),
    based_on=(BasedOn("offer", ("sent", "accepted")),),
    forms=(PrintForm("contract", "Договор", "contract"),),
    list_fields=("valid_until", "title"),
)

ORDER = DocumentKind(
    code="sales_order", title="Заказ покупателя", title_plural="Заказы покупателей", short="Заказ", letter="З",
    icon="shopping-cart", domain="sales", numbering=Numbering("ЗП-", "sales_order"),
    fields=(
        PARTY, CONTRACT, WAREHOUSE, Field("due_date", "Отгрузить до", FieldType.DATE, span=2), VAT, CONTACT, PRICES,
        DELIVERY_FIELD, PRIORITY, RESPONSIBLE, COMMENT,
    ),
    lines=PRICED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("confirmed", "Подтверждён", Tone.INFO, Accounting.POSTED),
            State("completed", "Выполнен", Tone.OK, Accounting.POSTED),
            State("closed_short", "Закрыт не полностью", Tone.WARN, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            # What is there is reserved, the rest when it comes; first, so that the right is called by the usual one.
            Action("wait", "Подтвердить и ждать товар", ("draft",), "confirmed", icon="hourglass",
                   permission="confirm"),
            Action("confirm", "Подтвердить и зарезервировать", ("draft",), "confirmed", primary=True, icon="check"),
            Action("release", "Снять резерв", ("confirmed",), reason=True, icon="lock-open"),
            Action("complete", "Отметить выполненным", ("confirmed",), "completed", primary=True, icon="flag"),
            Action("close_short", "Закрыть не полностью", ("confirmed",), "closed_short", reason=True, icon="flag"),
            annul("draft", "confirmed"),
        ),
    ),
    based_on=(BasedOn("offer", ("sent", "accepted")), BasedOn("contract", ("active", "signing"))),
    forms=(PrintForm("order", "Заказ покупателя", "order"), PICKING),
    facts=("reserved", "shipped", "paid"),
    list_fields=("due_date",),
)

INVOICE = DocumentKind(
    code="invoice", title="Счёт на оплату", title_plural="Счета на оплату", short="Счёт", letter="С", icon="receipt",
    domain="sales", numbering=Numbering("СЧ-", "invoice", gapless=True), stage="invoice",
    fields=(
        PARTY, CONTRACT, WAREHOUSE, Field("due_date", "Оплатить до", FieldType.DATE, span=2), VAT, CONSIGNEE, CONTACT,
        PRICES, RESPONSIBLE, COMMENT,
    ),
    lines=PRICED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("issued", "Выставлен", Tone.INFO, Accounting.POSTED),
            State("sent", "Отправлен", Tone.INFO, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("issue", "Выставить", ("draft",), "issued", primary=True, icon="check"),
            Action("send", "Отметить отправленным", ("issued",), "sent", icon="paper-plane-tilt"),
            Action("reserve", "Зарезервировать", ("issued", "sent"), icon="lock", asks=(
                Field("until", "Держать до", FieldType.DATE),)),
            Action("release", "Снять резерв", ("issued", "sent"), reason=True, icon="lock-open"),
            annul("draft", "issued", "sent"),
        ),
    ),
    based_on=(
        BasedOn("offer", ("sent", "accepted")), BasedOn("contract", ("active", "signing")),
        BasedOn("sales_order", ("confirmed", "completed")),
    ),
    forms=(PrintForm("invoice", "Счёт на оплату", "invoice", ("pdf", "docx", "xlsx")),),
    facts=("paid", "reserved", "shipped"),
    list_fields=("due_date",),
)

ISSUE = DocumentKind(
    code="issue", title="Расходная накладная", title_plural="Расходные накладные", short="РН", letter="Р", icon="truck",
    domain="sales", numbering=Numbering("РН-", "issue", gapless=True), stage="shipment",
    fields=(
        PARTY, CONTRACT, SHIPPED_FROM, Field("due_date", "Отгрузить до", FieldType.DATE, span=2), VAT, CONSIGNEE, SITE,
        CONTACT, RESPONSIBLE, DELIVERY_FIELD, COMMENT,
    ),
    lines=SHIPPED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("picking", "Собирается", Tone.WARN),
            State("issued", "Отгружена", Tone.OK, Accounting.POSTED),
            State("delivered", "Доставлена", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("pick", "В сборку", ("draft",), "picking", icon="package"),
            Action("post", "Провести", ("draft", "picking"), "issued", primary=True, at_once=True, icon="check"),
            Action("deliver", "Отметить доставленной", ("issued",), "delivered", primary=True, icon="flag"),
            unpost("issued", "delivered"),
            annul("draft", "picking"),
        ),
    ),
    based_on=(
        BasedOn("invoice", ("issued", "sent"), remaining=True), BasedOn("sales_order", ("confirmed",), remaining=True),
        BasedOn("contract", ("active",)),
    ),
    forms=(PrintForm("issue", "Расходная накладная", "issue"), M15, PICKING),
    list_fields=("due_date",),
)

#: The two axes of a closing paper in one line: posted by us, then exchanged with the customer.
SIGNED_PAPER = Workflow(
    states=(
        State("draft", "Черновик"),
        State("posted", "Проведён", Tone.INFO, Accounting.POSTED),
        State("sent", "Отправлен", Tone.INFO, Accounting.POSTED),
        State("signed", "Подписан", Tone.OK, Accounting.POSTED),
        State("refused", "Отказ", Tone.ERROR, Accounting.POSTED),
        ANNULLED,
    ),
    actions=(
        Action("post", "Провести", ("draft",), "posted", primary=True, at_once=True, icon="check"),
        Action("send", "Отметить отправленным", ("posted",), "sent", primary=True, icon="paper-plane-tilt"),
        Action("sign", "Отметить подписанным", ("posted", "sent"), "signed", primary=True, icon="signature"),
        Action("refuse", "Клиент отказал", ("sent",), "refused", reason=True, icon="x"),
        Action("annul", "Аннулировать", ("draft", "posted", "refused"), "annulled", reason=True,
               tone=Tone.ERROR, icon="prohibit"),
    ),
)

UPD = DocumentKind(
    code="upd", title="УПД", title_plural="УПД", short="УПД", letter="У", icon="files", domain="sales",
    numbering=Numbering("", "upd", gapless=True, width=1), stage="upd",
    fields=(
        PARTY, CONTRACT, CONSIGNEE, VAT, SITE, CONTACT, RESPONSIBLE,
        Field("transport", "Данные о транспортировке", span=4),
        ORIGINAL, COMMENT,
    ),
    lines=SERVICE_LINES,
    workflow=SIGNED_PAPER,
    based_on=(
        BasedOn("issue", ("issued", "delivered"), remaining=True),
        BasedOn("invoice", ("issued", "sent"), remaining=True),
    ),
    shares_with=("act",),
    forms=(PrintForm("upd", "УПД", "upd", ("pdf", "docx", "xlsx")),),
    list_fields=(),
)

ACT = DocumentKind(
    code="act", title="Акт", title_plural="Акты", short="Акт", letter="А", icon="clipboard-text", domain="sales",
    numbering=Numbering("А-", "act", gapless=True),
    fields=(
        PARTY, CONTRACT, SITE, VAT, Field("title", "Содержание", span=6),
        Field("period", "Период", span=3), CONTACT, RESPONSIBLE,
        ORIGINAL, COMMENT,
    ),
    lines=SERVICE_LINES,
    workflow=SIGNED_PAPER,
    based_on=(
        BasedOn("invoice", ("issued", "sent"), remaining=True),
        BasedOn("sales_order", ("confirmed", "completed"), remaining=True), BasedOn("contract", ("active",)),
    ),
    shares_with=("upd",),
    forms=(PrintForm("act", "Акт", "act"),),
)

KINDS: tuple[DocumentKind, ...] = (OFFER, CONTRACT_KIND, ORDER, INVOICE, ISSUE, UPD, ACT)

"""Headings of the tables of this feature that no declaration describes."""

from crm_desktop.kit.i18n import tr


def allocation_columns() -> tuple[str, ...]:
    """A payment over invoices: the invoice, its sum, what it lacks without this payment, the share of this one."""
    return tr("Счёт"), tr("Дата"), tr("Сумма, ₽"), tr("К оплате, ₽"), tr("Этим платежом, ₽")

"""Two people changed one document: field by field, what was changed by one side is taken, the rest is asked.

Pure: no Qt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm_contract.base import Ref
from crm_contract.kinds import DocumentKind
from crm_contract.totals import Sums
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr
from crm_desktop.records import merging
from crm_desktop.widgets.line_rows import Line, LineRows

LINES = "lines"


@dataclass(frozen=True, slots=True)
class Version:
    """A document in one of its three versions: values of the fields and the lines."""

    values: Mapping[str, Any]
    lines: Sequence[Line] = ()

    def key(self, name: str) -> object:
        """What two versions are compared by."""
        if name == LINES:
            return tuple((line.id, line.product_id, line.name, line.quantity, line.paper_quantity, line.price,
                          line.discount, line.vat_rate, line.note) for line in self.lines)
        value = self.values.get(name)
        if isinstance(value, Ref):
            return value.id
        return "" if value is None else str(value) if not isinstance(value, Decimal) else value


def merge(base: Version, mine: Version, saved: Version, names: Sequence[str]) -> merging.Merge:
    was, own, other = ({name: version.key(name) for name in names} for version in (base, mine, saved))
    return merging.merge(was, own, other, names)


def title_of(kind: DocumentKind, name: str) -> str:
    declared = kind.header(name)
    if declared is not None:
        return declared.title
    return tr("Дата") if name == "date" else tr("Строки")


def text_of(kind: DocumentKind, name: str, version: Version) -> str:
    """A value as a person reads it."""
    if name == LINES:
        count = formatting.plural(len(version.lines), tr("строка"), tr("строки"), tr("строк"))
        return tr("{count} на {sum}").format(count=count, sum=formatting.money(_sums(version).gross, "RUB"))
    value = version.values.get(name)
    if isinstance(value, Ref):
        return value.title
    if isinstance(value, date):
        return formatting.day(value)
    if isinstance(value, Decimal):
        return formatting.money(value)
    declared = kind.header(name)
    choices = {choice.code: choice.title for choice in declared.choices} if declared is not None else {}
    return choices.get(str(value), str(value or ""))


def _sums(version: Version) -> Sums:
    rows = LineRows()
    rows.mode = version.values.get("vat_mode") or rows.mode
    rows.set(list(version.lines))
    return rows.totals()

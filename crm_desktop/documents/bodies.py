"""From a document of the server to the values of the fields and back to a body. Pure: no Qt."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from crm_contract.base import Ref
from crm_contract.documents import DocumentBody, DocumentRead, LineRead
from crm_contract.kinds import HEADER_FIELDS, DocumentKind, Field, FieldType
from crm_desktop.kit.i18n import tr

Values = Mapping[str, Any]


def document_values(kind: DocumentKind, document: DocumentRead) -> dict[str, Any]:
    """What the header fields of a kind show: a `Ref` for references, a text for fields kept in `extra`."""
    return {"date": document.date} | {field.name: _value(field, document) for field in kind.fields}


def _value(field: Field, document: DocumentRead) -> Any:
    if not field.is_header:
        return document.extra.get(field.name, field.default)
    return getattr(document, field.name.removesuffix("_id") if field.type is FieldType.REF else field.name)


def line_data(line: LineRead) -> dict[str, Any]:
    """What the line table takes. Goods reserved for this very line are free for it."""
    free = None if line.free is None else line.free + line.reserved
    return line.model_dump() | {"free": free}


def document_body(kind: DocumentKind, values: Values, lines: Sequence[Values], kept: DocumentRead | None
                  ) -> DocumentBody:
    """The body to save. Columns that this kind does not show stay as they are in `kept`.

    Raises pydantic's ValidationError; `field_errors` puts it into words.
    """
    header: dict[str, Any] = {"date": values["date"]}
    extra: dict[str, str] = dict(kept.extra) if kept is not None else {}
    for name in HEADER_FIELDS if kept is not None else ():
        if kind.header(name) is None and name != "amount":
            shown = getattr(kept, name.removesuffix("_id"))
            header[name] = shown.id if isinstance(shown, Ref) else shown
    for field in kind.fields:
        value = values.get(field.name)
        if field.is_header:
            if value is not None:
                header[field.name] = value.id if isinstance(value, Ref) else value
            elif field.name in header:
                del header[field.name]
        else:
            extra[field.name] = extra_text(value)
    return DocumentBody.model_validate({**header, "extra": extra, "lines": [dict(line) for line in lines]})


def extra_text(value: Any) -> str:
    """`extra` holds texts: dates as ISO, yes as `true`."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    return value.isoformat() if isinstance(value, date) else str(value)


def field_errors(error: ValidationError) -> dict[str, str]:
    """`lines.2.quantity` → message, as the server would say it."""
    texts = {
        "missing": tr("Заполните поле"), "date_type": tr("Заполните поле"),
        "greater_than": tr("Должно быть больше нуля"),
        "greater_than_equal": tr("Не меньше нуля"),
        "string_too_long": tr("Слишком длинный текст"), "too_long": tr("Слишком много строк"),
        "decimal_max_digits": tr("Слишком большое число"), "decimal_whole_digits": tr("Слишком большое число"),
        "less_than_equal": tr("Слишком большое число"),
    }
    return {".".join(str(part) for part in item["loc"]): texts.get(item["type"], tr("Неверное значение"))
            for item in error.errors()}

"""Fields and forms from the declaration of a document kind: the client draws what the contract says."""

from collections.abc import Callable, Sequence

from crm_contract import kinds
from crm_contract.kinds import FieldType
from crm_desktop.widgets.choice_fields import CheckField, ComboField
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.form import Cell, Row
from crm_desktop.widgets.grid12 import COLUMNS
from crm_desktop.widgets.number_fields import AmountEdit, IntegerEdit
from crm_desktop.widgets.ref_edit import Pick, RefEdit
from crm_desktop.widgets.suggest import Search
from crm_desktop.widgets.text_fields import MultilineEdit, TextEdit

SearchOf = Callable[[str], Search]
PickOf = Callable[[str], Pick | None]


def field_for(declared: kinds.Field, search_of: SearchOf, pick_of: PickOf = lambda entity: None) -> Field:
    """The widget of a declared field with its default; `search_of(entity)` gives the search of a directory."""
    made = _make(declared, search_of, pick_of)
    if declared.default:
        made.set_value(declared.default)
    return made


def rows_for(declared: Sequence[kinds.Field], search_of: SearchOf, pick_of: PickOf = lambda entity: None) -> list[Row]:
    """Rows for `Form`, filled up to twelve columns each."""
    rows: list[list[Cell]] = [[]]
    taken = 0
    for field in declared:
        span = min(COLUMNS, field.span)
        if taken + span > COLUMNS:
            rows.append([])
            taken = 0
        rows[-1].append(Cell(field.name, field_for(field, search_of, pick_of), span))
        taken += span
    return [row for row in rows if row]


def _make(declared: kinds.Field, search_of: SearchOf, pick_of: PickOf) -> Field:
    title, required = declared.title, declared.required
    match declared.type:
        case FieldType.REF:
            search, pick = search_of(declared.entity), pick_of(declared.entity)
            return RefEdit(title, search, pick=pick, can_open=True, required=required)
        case FieldType.DATE:
            return DateEdit(title, required=required)
        case FieldType.MONEY:
            return AmountEdit(title, required=required)
        case FieldType.INTEGER:
            return IntegerEdit(title, required=required)
        case FieldType.CHOICE:
            return ComboField(title, declared.choices, required=required, blank=not (required or declared.default))
        case FieldType.FLAG:
            return CheckField(title)
        case FieldType.MULTILINE:
            return MultilineEdit(title, required=required, lines=2)
        case _:
            return TextEdit(title, required=required)

"""What two people did to one document, brought together; the question about what both changed."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from crm_contract.documents import DocumentRead
from crm_contract.kinds import DocumentKind
from crm_desktop.documents.bodies import document_values, line_data
from crm_desktop.documents.header_form import HeaderForm
from crm_desktop.documents.merging import LINES, Version, merge, text_of, title_of
from crm_desktop.widgets.compare_dialog import MINE, Difference, compare
from crm_desktop.widgets.line_rows import line_from
from crm_desktop.widgets.line_table import LineTable


def version_of(kind: DocumentKind, document: DocumentRead) -> Version:
    return Version(document_values(kind, document), [line_from(line_data(line)) for line in document.lines])


def bring_together(
    parent: QWidget, kind: DocumentKind, form: HeaderForm, table: LineTable | None,
    base: DocumentRead, saved: DocumentRead, done: Callable[[], object],
) -> bool:
    """Puts what only others changed into the form; asks about the rest, then calls `done`.

    True: nothing had to be asked. The person may go back to editing from the question; nothing is lost then.
    """
    was, other = version_of(kind, base), version_of(kind, saved)
    mine = Version(form.values(), table.lines() if table is not None else ())
    names = ["date", *(declared.name for declared in kind.fields), *([LINES] if table is not None else [])]
    result = merge(was, mine, other, names)

    def finish(chosen: dict[str, str]) -> None:
        theirs = [*result.theirs, *(name for name, whose in chosen.items() if whose != MINE)]
        form.set_values({name: other.values[name] for name in theirs if name != LINES}, clean=False)
        if LINES in theirs and table is not None:
            table.set_lines([line_data(line) for line in saved.lines])
        done()

    if not result.conflicts:
        finish({})
        return True
    differences = [Difference(name, title_of(kind, name), text_of(kind, name, mine), text_of(kind, name, other))
                   for name in result.conflicts]
    compare(parent, differences, saved.author, finish)
    return False

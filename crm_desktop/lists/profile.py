"""What a feature adds to a declared list: which page a row opens, how a new record is made, the preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.lists import Choice, ListSpec
from crm_desktop.kit.feature import AppContext, Command
from crm_desktop.lists.preview import Preview
from crm_desktop.widgets.table_delegate import CellBar

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowsAction:
    """What is done with the selected rows, from their menu: «Объединить…» wants `least` two of them."""

    title: str
    icon: str
    run: Callable[[AppContext, Sequence[Row]], None]
    permission: str = ""
    least: int = 1


@dataclass(frozen=True, slots=True)
class FileAction:
    """Records made of files, by a button and by dropping a file on the list: `run(app, path)`, without a path to choose
    one."""

    title: str
    run: Callable[[AppContext, Path | None], None]
    permission: str = ""


@dataclass(frozen=True, slots=True)
class ListProfile:
    """`open_row` None: the rows open nothing. `watches` are the entities of the changes feed that the list shows.

    `create` is offered as «Создать» to those who have `create_permission`; `create_menu(app, button)` is it where there
    is a choice of what to make. `needs` are columns that `open_row` and the preview read: they are asked for even when
    they are not shown. `commands` stand in the menu «Ещё», `rows_actions` in the menu of a row.
    `siblings` are lists of the same (their codes, this one among them) to change to. A row that is opened also carries
    `since` and `until` of a list of another moment than now. `files` makes records of files. `main` is what is done
    with the selected rows above all, by a button and Ctrl+Enter; `cell_bar` is drawn under the texts of cells.
    """

    spec: ListSpec
    watches: frozenset[str]
    open_row: Callable[[AppContext, Row], None] | None = None
    create: Callable[[AppContext], None] | None = None
    create_permission: str = ""
    preview: Callable[[AppContext], Preview] | None = None
    needs: Sequence[str] = ()
    can_export: bool = True
    commands: Sequence[Command] = ()
    create_menu: Callable[[AppContext, QWidget], object] | None = None
    rows_actions: Sequence[RowsAction] = ()
    siblings: Sequence[Choice] = ()
    files: "FileAction | None" = None
    main: "RowsAction | None" = None
    cell_bar: CellBar | None = None

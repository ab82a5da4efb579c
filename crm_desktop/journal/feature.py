"""Lists of documents of each kind and of all kinds, and of letters."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.document_lists import JOURNAL, list_spec
from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.mailing import LETTER_LIST
from crm_contract.permissions import Permission
from crm_contract.stock import RECEIPT
from crm_contract.stock_lists import BALANCE_LIST
from crm_desktop.documents.label_jobs import print_documents
from crm_desktop.journal.document_preview import DocumentPreview
from crm_desktop.journal.letter_preview import LetterPreview
from crm_desktop.kit.feature import AppContext, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import FileAction, ListProfile, Row, RowsAction
from crm_desktop.records.kinds_menu import open_kinds_menu

DOCUMENTS, BALANCES = f"list:{JOURNAL.code}", f"list:{BALANCE_LIST.code}"
LONGEST_TITLE = 19  # letters that the rail has room for


#: Kinds that are made of files too.
FILES = {RECEIPT.code: FileAction(tr("Загрузить УПД"), lambda app, path: app.navigator.open(
    "upd_import", None, path=str(path or "")), RECEIPT.permission("edit"))}


def kind_profile(kind: DocumentKind) -> ListProfile:
    def open_row(app: AppContext, row: Row) -> None:
        app.navigator.open(kind.code, row["id"])

    def create(app: AppContext) -> None:
        app.navigator.open(kind.code, None)

    def print_labels(app: AppContext, rows: Sequence[Row]) -> None:
        print_documents(app, kind.code, rows)

    return ListProfile(
        list_spec(kind.code), frozenset({kind.code}), open_row, create, kind.permission("edit"), DocumentPreview,
        needs=("number", "state", "date"),
        rows_actions=(RowsAction(tr("Этикетки документов…"), Icon.BARCODE, print_labels),), files=FILES.get(kind.code))


def open_journal_row(app: AppContext, row: Row) -> None:
    app.navigator.open(str(row["kind"]), row["id"])


def open_kind_list(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return ListPage(app, kind_profile(KINDS[entity.removeprefix("list:")]), params)


def open_journal(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(JOURNAL, frozenset(KINDS), open_journal_row, preview=DocumentPreview,
                          needs=("number", "state", "kind"), create_menu=lambda app, button: open_kinds_menu(
                              app, button, lambda kind: app.navigator.open(kind.code, None)))
    return ListPage(app, profile, params)


def open_letters(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(LETTER_LIST, frozenset({"letter"}), open_letter_row, preview=LetterPreview,
                          needs=("document", "subject"))
    return ListPage(app, profile, params)


def open_letter_row(app: AppContext, row: Row) -> None:
    if row.get("document"):
        app.navigator.open("document", row["document"]["id"])


def _rail_title(kind: DocumentKind) -> str:
    """Sections are never cut: a name too long for the rail gives way to a shorter one."""
    return kind.section or (kind.title_plural if len(kind.title_plural) <= LONGEST_TITLE else kind.short)


def _section(kind: DocumentKind) -> NavItem:
    """Papers of the warehouse stand below it and its lists, all others below the journal."""
    parent, order = (BALANCES, 45) if kind.domain == "stock" else (DOCUMENTS, 20)
    return NavItem(_rail_title(kind), kind.icon, f"list:{kind.code}", kind.permission("view"), parent, order)


FEATURE = Feature(
    "journal",
    nav=(
        NavItem(JOURNAL.title, Icon.FILE_TEXT, DOCUMENTS, order=20),
        *(_section(kind) for kind in KINDS.values()),
        NavItem(LETTER_LIST.title, Icon.ENVELOPE, "list:letters", Permission.MAIL_SEND, order=60),
    ),
    pages={
        DOCUMENTS: open_journal, **{f"list:{code}": open_kind_list for code in KINDS},
        "list:letters": open_letters,
    },
)

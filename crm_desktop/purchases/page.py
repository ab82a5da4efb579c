"""From a supplier's УПД to a draft receipt: the file, what was found in it, what is decided by hand, the draft."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crm_contract.base import Created, Ref
from crm_contract.incoming_upd import MAX_UPD_BYTES, UpdRead, UpdReceiptBody
from crm_contract.lists import Tone
from crm_contract.parties import RefHit
from crm_contract.stock import RECEIPT
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem, problem_of
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.lists.picks import pick_search, suggestion
from crm_desktop.purchases.api import FileTooLarge, UpdApi
from crm_desktop.purchases.choices import Choices
from crm_desktop.purchases.lines_card import LinesCard
from crm_desktop.purchases.side import Side
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.drop_zone import DropZone, dropped_file
from crm_desktop.widgets.labels import muted, title
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.suggest import Done

CONTEXT = "upd_import"
SHORTCUTS = (
    ActionSpec("upd.make", tr("Создать приход по УПД"), ("Ctrl+Enter", "Ctrl+Return"), CONTEXT, Icon.CHECK),
    ActionSpec("upd.file", tr("Выбрать файл УПД"), ("Ctrl+O",), CONTEXT, Icon.UPLOAD),
    ActionSpec("upd.accept", tr("Товар строки УПД верен"), ("Space",), CONTEXT, Icon.CHECK),
    ActionSpec("upd.new", tr("Создать товар из строки УПД"), ("Ins",), CONTEXT, Icon.PLUS),
)


def open_upd(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return UpdPage(app, params)


class UpdPage(Page):
    """`upd_import` of the navigator; `path` in the parameters is a dropped file, `file_id` one that the server has."""

    def __init__(self, app: AppContext, params: Mapping[str, Any]) -> None:
        super().__init__(tr("Загрузка УПД"))
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.app = app
        self._api = UpdApi(app.api)
        self._path = str(params.get("path") or "")
        self._file_id = int(params.get("file_id") or 0)
        self._read: UpdRead | None = None
        self._choices: Choices | None = None
        self._shown = self._busy = False
        self._warehouses: list[RefHit] = []
        self.messages = MessageBar()
        self._subtitle = muted()
        self.other = Button(tr("Другой файл"), icon=Icon.UPLOAD, key="Ctrl+O")
        self.make = Button(tr("Создать приход"), ButtonKind.PRIMARY, icon=Icon.CHECK, key="Ctrl+Enter")
        limits = tr("Файл ON_NSCHFDOPPR_….xml в формате 5.03, до {size} МБ").format(size=MAX_UPD_BYTES // 1024 // 1024)
        self.zone = DropZone(limits, tr("Файл УПД"), tr("УПД (*.xml);;Все файлы (*)"))
        self.lines = LinesCard(pick_search(app, "product"))
        self.side = Side(pick_search(app, "party"), self._search_warehouses)
        self._stack = QStackedWidget()
        self._lay_out()
        self._wire()
        self._show_state()

    # --- Page ------------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if not self._shown:
            self._shown = True
            if self._path:
                self.take_file(Path(self._path))
            elif self._file_id:
                self._read_again(None)
            self._run(self._api.warehouses, self._take_warehouses, "warehouses")
        focused = self.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._focus()

    def place(self) -> tuple[str, int | None]:
        return "upd_import", None

    def state(self) -> dict[str, Any]:
        return {"file_id": self._read.file_id} if self._read is not None else {}

    def restore(self, state: dict[str, Any]) -> None:
        if self._read is None and not self._path and state.get("file_id"):
            self._file_id = int(state["file_id"])
            if self._shown:
                self._read_again(None)

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None and not self._busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.take_file(path)

    # --- the file --------------------------------------------------------------------------------------------------

    def take_file(self, path: Path) -> None:
        """A chosen or dropped file goes to the server, which reads, matches and checks it."""
        self.messages.clear()
        self.zone.set_busy(path.name)
        self._run(lambda: self._api.upload(path), self._take_other, "read")

    def _take_other(self, read: UpdRead) -> None:
        """Only now: a refused file leaves the paper that is shown with what was decided in it."""
        self._choices = None
        self._take_read(read)

    def _read_again(self, party_id: int | None) -> None:
        file_id = self._read.file_id if self._read is not None else self._file_id
        self._run(lambda: self._api.read(file_id, party_id), self._take_read, "read")

    def _take_read(self, read: UpdRead) -> None:
        choices = Choices(read)
        if self._choices is not None:
            choices.take_over(self._choices)
        self.zone.set_busy("")
        self._read, self._choices = read, choices
        self.set_title(tr("УПД № {number}").format(number=read.number))
        self._subtitle.setText(read.file_name)
        self.side.show_read(read)
        self.lines.show_read(read, choices)
        if read.duplicate is not None:
            self.messages.show_message(tr("Этот файл уже загружен: {receipt}").format(receipt=read.duplicate.title),
                                       Tone.WARN, key="duplicate")
        self._show_state()
        self._focus()

    def _search_warehouses(self, text: str, done: Done) -> None:
        """Few, and all of them here."""
        done([suggestion(hit) for hit in self._warehouses if text.lower() in hit.title.lower()])

    def _take_warehouses(self, hits: list[RefHit]) -> None:
        self._warehouses = hits
        if self.side.place.value() is None and hits:
            self.side.set_place(Ref(id=hits[0].id, title=hits[0].title))

    # --- decisions -------------------------------------------------------------------------------------------------

    def add_supplier(self) -> None:
        """The supplier of the paper, by its requisites."""
        if self._read is not None:
            seller = self._read.seller
            self._run(lambda: self._api.add_party(seller), lambda made: self._read_again(made.id), "party")

    def make_receipt(self) -> None:
        """Ctrl+Enter."""
        if self._read is None or self._choices is None or not self.make.isEnabled():
            return
        body = UpdReceiptBody(
            party_id=self.side.party.value() or 0, place_id=self.side.place.value() or 0, order_id=self.side.order_id,
            lines=list(self._choices.body()), accept_problems=self.side.agree.isChecked())
        file_id = self._read.file_id
        self._run(lambda: self._api.make(file_id, body), self._open_receipt, "make")

    def _open_receipt(self, made: Created) -> None:
        self.app.navigator.open(RECEIPT.code, made.id)
        self.closed.emit()

    def choose_file(self) -> None:
        if not self._busy:
            self.zone.choose()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title(tr("Загрузка УПД")))
        head.addSpacing(4)
        head.addWidget(self._subtitle)
        head.addStretch(1)
        head.addWidget(self.other)
        head.addWidget(self.make)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(CARD_GAP)
        columns.addWidget(self.lines, 1)
        aside = scrolled(self.side)
        aside.setFixedWidth(self.side.width() + PAGE_EDGE)
        columns.addWidget(aside)
        self._stack.addWidget(self.zone)
        self._stack.addWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 12)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(head)
        outer.addWidget(self.messages)
        outer.addWidget(self._stack, 1)

    def _wire(self) -> None:
        self.zone.chosen.connect(self.take_file)
        self.other.clicked.connect(self.choose_file)
        self.make.clicked.connect(self.make_receipt)
        self.lines.changed.connect(self._show_state)
        self.side.changed.connect(self._show_state)
        self.side.party_chosen.connect(self._read_again)
        self.side.party_asked.connect(self.add_supplier)
        self.side.duplicate_asked.connect(lambda id: self.app.navigator.open(RECEIPT.code, id))
        bind = self.app.shortcuts.bind
        bind(self, "upd.make", self.make_receipt)
        bind(self, "upd.file", self.choose_file)
        bind(self.lines.table, "upd.accept", self.lines.accept, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        bind(self.lines.table, "upd.new", self.lines.make_new, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None], key: str) -> None:
        """One thing at a time: what is asked meanwhile waits behind a disabled button."""
        quiet = key == "warehouses"
        self._busy = self._busy or not quiet

        def finished(answer: Any) -> None:
            self._busy = self._busy and quiet
            done(answer)
            self._show_state()

        def failed(error: BaseException) -> None:
            self._busy = False
            self.zone.set_busy("")
            self._refuse(error)
            self._show_state()

        self._show_state()
        self.app.tasks.run(self, work, finished, failed, key=key)

    def _refuse(self, error: BaseException) -> None:
        if isinstance(error, FileTooLarge):
            self.messages.show_message(tr("Файл «{name}» больше {limit} МБ: для УПД это слишком много.").format(
                name=error, limit=MAX_UPD_BYTES // 1024 // 1024), Tone.ERROR, key="file")
        else:
            self.show_problem(problem_of(error))

    def _show_state(self) -> None:
        has_paper = self._read is not None
        self._stack.setCurrentIndex(1 if has_paper else 0)
        self.other.setVisible(has_paper)
        self.make.setVisible(has_paper)
        self.make.set_why_not(self._why_not())
        self.set_status(self._why_not() if has_paper else "")

    def _why_not(self) -> str:
        if self._busy:
            return tr("Сервер ещё отвечает")
        if self._choices is not None and (waiting := self._choices.open_lines()):
            return tr("Решите, что за товар в строках: {numbers}").format(
                numbers=", ".join(map(str, waiting[:8])) + ("…" if len(waiting) > 8 else ""))
        return self.side.why_not()

    def _focus(self) -> None:
        if not self.isVisible():
            return
        if self._read is None:
            self.zone.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.side.party.value() is None:
            target = self.side.add_party if self.side.add_party.isEnabled() else self.side.party
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.lines.table.setFocus(Qt.FocusReason.OtherFocusReason)

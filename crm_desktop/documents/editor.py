"""The editor of a document of any kind: everything on the page follows from the declaration of the kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from crm_contract.documents import KINDS, DocumentRead, LineHintQuery
from crm_contract.errors import ErrorCode
from crm_contract.kinds import DocumentKind, Totals
from crm_contract.lists import Tone
from crm_contract.vat import rates_on
from crm_desktop.documents.actions import main_action, offered
from crm_desktop.documents.allocations import AllocationCard
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.based_on import followings
from crm_desktop.documents.bottom import Foot
from crm_desktop.documents.commands import Commands
from crm_desktop.documents.header_form import HeaderForm
from crm_desktop.documents.line_bins import LineBins
from crm_desktop.documents.lines_card import LinesCard
from crm_desktop.documents.new_document import local_defaults, remote_defaults
from crm_desktop.documents.picks import Picks
from crm_desktop.documents.reactions import Reactions
from crm_desktop.documents.related import name_of, stages
from crm_desktop.documents.title_row import TitleRow
from crm_desktop.documents.totals import TotalsCard
from crm_desktop.documents.unsaved import Unsaved
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page, PageAction
from crm_desktop.kit.problems import Problem
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.stage_meter import StageMeter, StageStatus

CHANGED = "changed"


class DocumentEditor(Page):
    """`entity` is the code of the kind, `document_id` None makes a new one.

    `params`: `party_id`, `draft`; `employee` (a Ref) and `product_id`, which of what he holds is to be in the lines.
    """

    watches = frozenset({*KINDS, "stock"})

    def __init__(self, app: AppContext, entity: str, document_id: int | None, params: Mapping[str, Any],
                 parent: QWidget | None = None) -> None:
        self.kind: DocumentKind = KINDS[entity]
        super().__init__(self.kind.short, parent)
        self.app = app
        self.api = DocumentsApi(app.api)
        self.document: DocumentRead | None = None
        self.base: DocumentRead | None = None   # what the person's changes are compared with
        self._id = document_id
        self.asked = dict(params)
        self._shown = False
        self._lines_dirty = False
        self._loading = False
        self._after_load: Callable[[], object] | None = None
        self._build()
        self.reactions = Reactions(self)
        self.commands = Commands(self)
        self.unsaved = Unsaved(self, str(params.get("draft") or ""))
        self._connect()
        if document_id is None:
            self._begin_new()
        else:
            self._content.setEnabled(False)
            self.title_row.set_busy(True)
            self.load()

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        picks = Picks(self.app.tasks, self.api, self, lambda: self.form.id_of("party_id"),
                      lambda: self.form.id_of("place_id"))
        self.search_of = picks.search_of
        self.title_row = TitleRow(self.kind)
        self.messages = MessageBar()
        self.meter = StageMeter()
        self.form = HeaderForm(self.kind, picks.search_of, self.app.navigator.knows)
        self.totals = TotalsCard() if self.kind.lines and self.kind.priced else None
        self.foot = Foot(self.form.comment, self.totals)
        self.lines: LinesCard | None = None
        self.shares: AllocationCard | None = None
        content = self._content = QWidget()
        stack = QVBoxLayout(content)
        stack.setContentsMargins(PAGE_EDGE, 0, PAGE_EDGE, 12)
        stack.setSpacing(CARD_GAP)
        stack.addWidget(self.meter)
        stack.addWidget(self.form)
        if self.kind.lines:
            self.lines = LinesCard(self.kind, self.app.tasks, self.api, picks, self._line_question,
                                   lambda: self.form.title_of("place_id"))
            self.lines.table.set_rates(lambda: rates_on(self.form.day()))
            self.bins = LineBins(self.kind, self.app.tasks, self.api, self.form, self.lines.table)
            stack.addWidget(self.lines, 1)
        if self.kind.totals is Totals.AMOUNT:
            self.shares = AllocationCard(self.app.tasks, self.api)
            stack.addWidget(self.shares, 1)
        stack.addWidget(self.foot)
        head = QVBoxLayout()
        head.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 12)
        head.setSpacing(CARD_GAP)
        head.addWidget(self.title_row)
        head.addWidget(self.messages)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(scrolled(content), 1)
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # keys work before anything on the page is touched
        self.meter.hide()

    def _connect(self) -> None:
        self.form.edited.connect(self._touch)
        self.form.opened.connect(self._open)
        self.foot.opened.connect(self._open_key)
        self.foot.based_on_asked.connect(self.commands.open_based_on)
        self.meter.clicked.connect(self._open_key)
        if self.lines is not None:
            self.lines.changed.connect(self._on_lines)
            self.lines.hinted.connect(self._show_totals)
            self.form.finished.connect(self.lines.table.start_entry)
        if self.shares is not None:
            self.shares.allocate_asked.connect(self.commands.allocate)
            self.shares.opened.connect(lambda id: self._open("invoice", id))

    # --- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Reads the document again; typed values are kept by the caller's choice (see `refresh`)."""
        if self._id is None:
            return
        document_id = self._id
        self.app.tasks.run(self, lambda: self.api.read(document_id), self._on_loaded, key="load",
                           busy=self._set_loading)

    def after_load(self, run: Callable[[], object]) -> None:
        """Runs at once, or after the reading that is under way."""
        if self._loading:
            self._after_load = run
        else:
            run()

    def _set_loading(self, on: bool) -> None:
        self._loading = on
        if not on and self.document is None:
            self._after_load = None

    def _on_loaded(self, document: DocumentRead) -> None:
        if self.base is not None and document.version == self.base.version:
            self.show_facts(document)  # the typed part is as it was, so a cell being edited stays open
        elif self.document is not None and (self.dirty or self._is_typing()):
            self._tell_of_change(document)
        else:
            self.show_document(document)
        run, self._after_load = self._after_load, None
        if run is not None:
            run()

    def _begin_new(self) -> None:
        me = self.app.session.me
        self.form.set_values({"date": date.today()} | local_defaults(self.kind, me), clean=True)
        self.title_row.show_document(None)
        self.foot.show_new(self.kind)
        self._show_state()
        self._show_totals()
        self.set_title(tr("{kind} (создание)").format(kind=self.kind.short))
        if self.asked.get("draft"):
            self.unsaved.find(self.unsaved.put_back)
            return
        api, kind, params = self.api, self.kind, dict(self.asked)
        self.app.tasks.run(self, lambda: remote_defaults(api, kind, params), self._take_defaults, key="defaults")

    def _is_typing(self) -> bool:
        return self.lines is not None and self.lines.is_typing

    def _take_defaults(self, values: Mapping[str, Any]) -> None:
        self.form.put_defaults(values)
        self.reactions.follow_mode(quietly=True)
        self.reactions.offer_held()
        self._touch()

    def show_document(self, document: DocumentRead) -> None:
        """Shows what the server has; nothing is dirty then."""
        first = self.document is None
        self._id = document.id
        self.document = self.base = document
        self._content.setEnabled(True)
        self.title_row.set_busy(False)
        self.form.show_document(document)
        self.form.set_read_only(not document.editable, but=document.late_fields)
        if self.lines is not None:
            self.lines.show_document(document)
            self.bins.follow()
        self._lines_dirty = False
        self.show_facts(document)
        self.set_dirty(False)
        self.messages.dismiss(CHANGED)
        if first:
            self.unsaved.find(self.unsaved.offer)

    def show_facts(self, document: DocumentRead) -> None:
        """Everything that is not typed: title, state, stages, chain, what can be done."""
        self.document = document
        self.title_row.show_document(document)
        cells = stages(document.stages, document.id)
        self.meter.set_stages(cells)
        # a payment that began by itself stands on no way: seven times «ещё нет» would only mislead
        self.meter.setVisible(any(cell.status not in (StageStatus.TODO, StageStatus.HIDDEN) for cell in cells))
        self.foot.show_document(document, followings(document, self.app.session.can))
        if self.lines is not None:
            self.lines.facts.show_facts(document.facts)
        if self.shares is not None:
            self.shares.show_document(document)
        self.set_title(name_of(self.kind, document.number))
        self.set_status(tr("Изменён {when}").format(when=formatting.moment_near(document.updated_at)))
        self._show_state()
        self._show_totals()

    def _show_state(self) -> None:
        editable = self.document.editable if self.document is not None else True
        late = bool(self.document.late_fields) if self.document is not None else False
        self.title_row.show_actions(main_action(offered(self.kind, self.document, self.app.session.can)),
                                    editable=editable, saves=editable or late)

    # --- editing ---------------------------------------------------------------------------------------------------

    def _on_lines(self) -> None:
        self._lines_dirty = True
        self._show_totals()
        self._touch()

    def _touch(self) -> None:
        was, now = self.dirty, self.form.is_dirty or self._lines_dirty
        self.set_dirty(now)
        if now:
            self.unsaved.touch()
        elif was:
            self.unsaved.drop()

    def _show_totals(self) -> None:
        if self.totals is not None and self.lines is not None:
            table = self.lines.table
            self.totals.show_sums(table.totals(), table.vat_by_rate())

    def _line_question(self, ids: Sequence[int]) -> LineHintQuery:
        return self.reactions.line_question(ids)

    def body_lines(self) -> list[dict[str, Any]]:
        return self.lines.table.value() if self.lines is not None else []

    def add_line(self) -> None:
        """Ins, wherever the focus is."""
        if self.lines is not None:
            self.lines.table.start_entry()

    # --- the page in its tab ---------------------------------------------------------------------------------------

    def activate(self) -> None:
        """Back in front: others may have worked on the chain meanwhile."""
        first, self._shown = not self._shown, True
        if first or not self.isAncestorOf(QApplication.focusWidget() or self):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._id is None:
            if first and self.asked.get("party_id") and self.lines is not None:
                self.lines.table.start_entry()  # made from a card: what is left to say are the lines
            elif first:
                self.form.focus_first()
        elif not first and not self.dirty:
            self.load()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Somebody changed documents or goods: what is shown follows, what is typed stays."""
        if self.document is None:
            return
        if ids is None or any(node.id in ids for node in self.document.chain) or self._id in ids:
            self.load()
        elif self.lines is not None and self.document.editable:
            self.lines.hints.refresh()
            self.bins.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes what is not changed."""
        if event.key() == Qt.Key.Key_Escape and not self.would_lose:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def page_actions(self) -> Sequence[PageAction]:
        return self.commands.palette_actions()

    def can_close(self, done: Callable[[bool], None]) -> None:
        self.commit_cell()
        if self.dirty:
            self.unsaved.ask_before_closing(done)
        else:
            done(True)

    def place(self) -> tuple[str, int | None]:
        return self.kind.code, self._id

    def state(self) -> dict[str, Any]:
        """A document that is not saved comes back from its draft."""
        return {"draft": self.unsaved.flush()} if self.dirty else {}

    def restore(self, state: dict[str, Any]) -> None:
        if self._id is None and not self.dirty and state.get("draft"):
            self.unsaved.take_over(str(state["draft"]))

    # --- problems --------------------------------------------------------------------------------------------------

    def show_problem(self, problem: Problem) -> bool:
        if problem.code == ErrorCode.CONFIRM_FIRST and self.commands.confirm_backdate(problem):
            return True
        retry = self.load if self._id is not None and self.document is None else None
        return self.messages.show_problem(problem, retry=retry)

    def show_field_errors(self, problem: Problem) -> bool:
        """Errors of the server at the fields and cells they are about; the rest in the bar."""
        left = self.form.set_errors(problem.field_errors)
        if self.lines is not None:
            left = self.lines.table.set_errors(left)
        if self.shares is not None:
            left = self.shares.set_errors(left)
        text = " ".join((problem.message.rstrip(".") + ".", *left.values()))
        self.messages.show_message(text, Tone.ERROR, key="fields")
        return True

    def show_conflict(self, problem: Problem) -> bool:
        self.commands.resolve_conflict(problem)
        return True

    # --- what is saved and what others do --------------------------------------------------------------------------

    def commit_cell(self) -> None:
        """Takes over what stands in an open cell of the lines."""
        if self.lines is not None:
            self.lines.table.view.commit()

    def typed(self) -> object:
        """Everything the person can type, to compare."""
        return self.form.snapshot(), self.lines.table.snapshot() if self.lines is not None else (), self._is_typing()

    def saved(self, document: DocumentRead, *, as_sent: bool) -> None:
        """The person's work is on the server: its draft goes. Not `as_sent`: they typed on meanwhile, that stays."""
        self.messages.clear()
        self.unsaved.saved(document.id)
        if as_sent or not document.editable:
            self.show_document(document)
        else:
            self._id, self.base = document.id, document
            self.show_facts(document)
            self.unsaved.touch()

    def put_back(self, typed: Mapping[str, Any], base: DocumentRead | None) -> None:
        """A draft as it was typed; saved against the version it was typed over, so that a newer one is compared."""
        self.base = base
        self.form.restore(typed["header"])
        if self.lines is not None:
            self.reactions.follow_mode()
            self.lines.table.restore(typed["lines"])
            self.lines.hints.refresh()
            self.bins.follow()
        self._touch()

    def _tell_of_change(self, document: DocumentRead) -> None:
        """Somebody saved while this person types: the typed text stays, the save will compare."""
        def take() -> None:
            self.unsaved.drop()
            self.show_document(document)

        self.show_facts(document)
        self.messages.show_message(
            tr("При записи программа сравнит ваши правки с новыми."), Tone.INFO, key=CHANGED,
            lead=tr("Документ изменили на другом компьютере."), actions=[(tr("Показать без моих правок"), take)])

    def _open(self, entity: str, document_id: int) -> None:
        if self.app.navigator.knows(entity):
            self.app.navigator.open(entity, document_id)

    def _open_key(self, key: object) -> None:
        """A card of the chain or a stage: `(kind, id)`; the code of a kind makes it on this basis."""
        if isinstance(key, tuple):
            self._open(*key)
        elif isinstance(key, str):
            self.commands.make_following(key)


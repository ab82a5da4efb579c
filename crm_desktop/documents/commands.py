"""What the person does with an open document: save, run actions, print, copy, make the next one. Never blocks."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody, DocumentRead, LateFieldsUpdate
from crm_contract.errors import ErrorCode
from crm_contract.kinds import Action
from crm_contract.lists import Tone
from crm_contract.permissions import Permission
from crm_desktop.documents import shortcuts
from crm_desktop.documents.actions import Offered, ask, main_action, main_title, offered
from crm_desktop.documents.api import Outcome
from crm_desktop.documents.based_on import Following, followings, open_menu
from crm_desktop.documents.bodies import document_body, extra_text, field_errors
from crm_desktop.documents.comments import open_comments
from crm_desktop.documents.cost_dialogs import BackdateDialog, open_full_cost
from crm_desktop.documents.files import FilesDialog
from crm_desktop.documents.label_jobs import goods_of, print_document, print_lines, print_serials
from crm_desktop.documents.preview import PreviewDialog
from crm_desktop.documents.related import RelatedDialog, name_of
from crm_desktop.documents.saving import bring_together
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import PageAction
from crm_desktop.kit.problems import Problem, ProblemKind, problem_of
from crm_desktop.widgets.bars import Toast
from crm_desktop.widgets.dialogs import show_problem
from crm_desktop.widgets.menu import Menu

if TYPE_CHECKING:
    from crm_desktop.documents.editor import DocumentEditor

Then = Callable[[], None]


class Commands(QObject):
    """One command at a time: the title row is disabled while one runs."""

    def __init__(self, page: "DocumentEditor") -> None:
        super().__init__(page)
        self._page = page
        self._app = page.app
        self._kind = page.kind
        self._running = False
        self._again: Then = self.save
        self._asked: Callable[[str], object] | None = None
        row = page.title_row
        row.menu_asked.connect(self.open_menu)
        row.print_asked.connect(self.print)
        row.save_asked.connect(self.save)
        row.main_asked.connect(self.run_main)
        keys: dict[str, Callable[[], object]] = {
            shortcuts.SAVE: self.save, shortcuts.MAIN: self.run_main, shortcuts.STAY: partial(self.run_main, False),
            shortcuts.PRINT: self.print, shortcuts.BASED_ON: self.open_based_on, shortcuts.COPY: self.copy,
            shortcuts.COMMENT: self.comment, shortcuts.RELATED: self.show_related, shortcuts.FILES: self.show_files,
            shortcuts.RELOAD: page.load, shortcuts.ADD_LINE: page.add_line, shortcuts.MENU: self.open_menu,
        }
        for action_id, run in keys.items():
            page.app.shortcuts.bind(page, action_id, run)

    # --- saving and actions ----------------------------------------------------------------------------------------

    def save(self, then: Then | None = None, failed: Then | None = None) -> None:
        """Ctrl+S. `then` after it is saved, `failed` when it was not even sent."""
        page = self._page
        page.commit_cell()
        if page.document is not None and not page.dirty:
            if then is not None:
                then()
            return
        if page.document is not None and not page.document.editable:
            self._save_late(page.document, then)
            return
        body = self._body()
        if body is None:
            if failed is not None:
                failed()
            return
        self._again = partial(self.save, then, failed)
        id, version, kind, api = page.place()[1], self._version(), self._kind.code, page.api
        self._send(lambda: api.save(kind, id, body, version), then, tr("записано"))

    def _save_late(self, document: DocumentRead, then: Then | None) -> None:
        """The fields of a posted document that are learnt afterwards."""
        self._again = partial(self._save_late, document, then)
        typed = self._page.form.values()
        body = LateFieldsUpdate(version=self._version(),
                                values={name: extra_text(typed[name]) for name in document.late_fields})
        self._send(lambda: self._page.api.save_late(document.id, body), then, tr("записано"))

    def run_main(self, closes: bool = True) -> None:
        """Ctrl+Enter: the primary action, or just saving where there is none; then the tab closes."""
        self._page.commit_cell()
        action = main_action(self.offers())
        then = self._page.closed.emit if closes and not (action is not None and action.stays) else None
        if action is not None:
            self.run(action, then)
        elif self._page.dirty or self._page.document is None:
            self.save(then)
        elif then is not None:
            then()

    def run(self, action: Action, then: Then | None = None) -> None:
        """Saves what is typed, asks what the action wants to know, runs it."""
        self._page.commit_cell()
        if self._page.shares is not None and action.code == "allocate":
            self._page.shares.send()
            return
        if self._page.document is not None and not self._page.document.editable and self._page.dirty:
            self._save_late(self._page.document, partial(self.run, action, then))
            return
        if self._needs_save() and self._body() is None:
            return
        ask(self._page, self._kind, action, self._number(), self._page.search_of,
            lambda asked: self._act(action, asked, then), self._pin_of(action))

    def _pin_of(self, action: Action) -> str:
        """The employee whose PIN the action takes; empty where nobody's is asked."""
        if not any(item.by_pin for item in self.offers() if item.action is action):
            return ""
        return self._page.form.title_of(action.by)

    def allocate(self, shares: list[dict[str, Any]]) -> None:
        """The typed distribution of a payment over invoices."""
        asked = ActionBody(version=0, params={"shares": shares})
        self._act(self._kind.workflow.action("allocate"), asked, None)

    def offers(self) -> list[Offered]:
        return offered(self._kind, self._page.document, self._app.session.can)

    def _act(self, action: Action, asked: ActionBody, then: Then | None) -> None:
        page = self._page
        body = self._body() if self._needs_save() else None
        if body is None and self._needs_save():
            return
        self._again = partial(self._act, action, asked, then)
        self._asked = lambda seal: self._act(action, asked.model_copy(update={"acknowledged": seal}), then)
        id, version, kind, api = page.place()[1], self._version(), self._kind.code, page.api
        self._send(lambda: api.save_and_act(kind, id, body, version, action.code, asked), then)

    def _send(self, work: Callable[[], Outcome], then: Then | None, done: str = "") -> None:
        if self._running:
            return
        if self._page.lines is not None:
            self._page.lines.table.model.set_errors({})
        sent = self._page.typed()
        self._app.tasks.run(self._page, work, partial(self._on_done, sent, then, done), key="command",
                            busy=self._set_busy)

    def _on_done(self, sent: object, then: Then | None, done: str, outcome: Outcome) -> None:
        """What was typed while the answer was on its way stays typed, and the page stays open with it."""
        page, document = self._page, outcome.document
        as_sent = page.typed() == sent
        page.saved(document, as_sent=as_sent)
        if outcome.refusal is not None:
            self._tell_refusal(outcome)
            return
        state = self._kind.workflow.state(document.state).title
        Toast(page.window(), f"{name_of(self._kind, document.number)}: {done or state.lower()}", seconds=4)
        if then is not None and as_sent:
            then()

    def _tell_refusal(self, outcome: Outcome) -> None:
        """The document is saved, its action was refused: why, and at which lines."""
        assert outcome.refusal is not None
        problem = problem_of(outcome.refusal)
        if problem.kind is ProblemKind.FIELDS:
            self._page.show_field_errors(problem)
        elif problem.kind is ProblemKind.CRASH:
            show_problem(self._page, problem)
        else:
            self._page.show_problem(problem)

    def confirm_backdate(self, problem: Problem) -> bool:
        """What posting a document dated back would change; False where nothing was asked for."""
        if self._asked is None:
            return False
        name = self._kind.named(self._number()) if self._number() else self._kind.short
        BackdateDialog(self._page, tr("Провести задним числом: {name}").format(name=name), problem, self._asked).open()
        return True

    def resolve_conflict(self, problem: Problem) -> None:
        """Somebody saved meanwhile: reads the newest version, brings both together, sends again."""
        page, document_id = self._page, self._page.place()[1]
        base = page.base
        if document_id is None or base is None:
            page.show_problem(problem)
            return
        again = self._again

        def compare(newest: DocumentRead) -> None:
            if not page.dirty:
                page.show_document(newest)
                page.messages.show_message(
                    tr("Показана последняя версия. Проверьте её и повторите действие."), Tone.WARN,
                    lead=tr("Документ только что изменили."))
                return
            table = page.lines.table if page.lines is not None else None

            def send() -> None:
                page.base = newest
                again()

            bring_together(page, self._kind, page.form, table, base, newest, send)

        self._app.tasks.run(page, lambda: page.api.read(document_id), compare, key="conflict")

    # --- menus -----------------------------------------------------------------------------------------------------

    def palette_actions(self) -> list[PageAction]:
        """The actions of the state and the documents that can be made next."""
        made = [PageAction(tr("Создать на основании: {kind}").format(kind=offer.kind.title),
                           partial(self._make, offer), offer.kind.icon)
                for offer in self._followings() if not offer.why_not]
        made += [PageAction(tr("{action} сразу на основании: {kind}").format(action=offer.at_once.title,
                                                                             kind=offer.kind.title),
                            partial(self._make, offer, offer.at_once.code), offer.at_once.icon)
                 for offer in self._followings() if offer.at_once is not None]
        acts = [PageAction(offer.action.title, partial(self.run, offer.action), offer.action.icon)
                for offer in self.offers() if not offer.why_not]
        labels = [PageAction(tr("Этикетки товаров…"), self.print_goods, Icon.BARCODE)]
        return [*acts, *made, *(labels if goods_of(self._page.document) else [])]

    def open_menu(self) -> Menu:
        """«…»: every action of the state, then what is true of all documents."""
        page, button = self._page, self._page.title_row.menu
        menu = Menu(button)
        main = main_action(self.offers())
        if main is not None:
            menu.add(main_title(main, closes=False), partial(self.run_main, False), icon=main.icon,
                     key="Ctrl+Shift+Enter")
        for offer in self.offers():
            if offer.action is not main:
                menu.add(offer.action.title, partial(self.run, offer.action), icon=offer.action.icon,
                         why_not=offer.why_not, ink="error" if offer.action.tone is Tone.ERROR else "text")
        document = page.document
        why_not = tr("Сначала запишите документ") if document is None else ""
        if not menu.isEmpty():
            menu.addSeparator()
        count = len(document.comments) if document is not None else 0
        files = document.file_count if document is not None else 0
        menu.add(tr("На основании…"), self.open_based_on, icon=Icon.BRANCH, key="Alt+O", why_not=why_not)
        menu.add(tr("Связанные документы"), self.show_related, icon=Icon.TREE, key="Ctrl+Shift+R", why_not=why_not)
        menu.add(_counted(tr("Комментарии"), count), self.comment, icon=Icon.CHAT, key="Ctrl+M", why_not=why_not)
        if goods_of(document):
            menu.add(tr("Этикетки товаров…"), self.print_goods, icon=Icon.BARCODE)
        if document is not None and any(line.lots for line in document.lines):
            menu.add(tr("Этикетки номеров и партий…"), self.print_serials, icon=Icon.BARCODE)
        if self._kind.code == "receipt" and self._app.session.can(Permission.PRODUCT_COST):
            menu.add(tr("Полная себестоимость…"), self.show_full_cost, icon=Icon.MONEY, why_not=why_not)
        menu.add(tr("Этикетка документа…"), self.print_label, icon=Icon.BARCODE, why_not=why_not)
        menu.add(_counted(tr("Файлы"), files), self.show_files, icon=Icon.PAPERCLIP, key="Ctrl+Shift+A",
                 why_not=why_not)
        menu.add(tr("Скопировать документ"), self.copy, icon=Icon.COPY, key="F9", why_not=why_not)
        menu.add(tr("Обновить"), page.load, icon=Icon.ARROWS_CLOCKWISE, key="F5", why_not=why_not)
        menu.open_below(button, align_right=True)
        return menu

    def open_based_on(self) -> None:
        """Alt+O; waits for a reading that is under way, so that the chain is the newest."""
        def show() -> None:
            document = self._page.document
            if document is None:
                self._page.messages.show_message(tr("Сначала запишите документ (Ctrl+S)."), key="based_on")
            else:
                open_menu(self._page.foot.based_on, self._followings(), self._make)

        self._page.after_load(show)

    def make_following(self, kind: str) -> None:
        """A dashed card of the chain was clicked."""
        for offer in self._followings():
            if offer.kind.code == kind and not offer.why_not:
                self._make(offer)

    def _followings(self) -> list[Following]:
        document = self._page.document
        return followings(document, self._app.session.can) if document is not None else []

    def _make(self, offer: Following, action: str = "") -> None:
        api, kind = self._page.api, offer.kind.code
        self.save(lambda: self._open_made(kind, lambda: api.based_on(offer.source_id, kind, action)))

    def copy(self) -> None:
        """F9: a new draft like this one."""
        document = self._page.document
        if document is not None:
            api = self._page.api
            self.save(lambda: self._open_made(self._kind.code, lambda: api.copy(document.id)))

    def _open_made(self, kind: str, work: Callable[[], Created]) -> None:
        if not self._running:
            self._app.tasks.run(self._page, work, lambda made: self._app.navigator.open(kind, made.id), key="make",
                                busy=self._set_busy)

    # --- beside the document ---------------------------------------------------------------------------------------

    def print(self) -> None:
        """Ctrl+P: what is printed is what is saved."""
        if self._kind.forms:
            self.save(then=self._preview)

    def _preview(self) -> None:
        document = self._page.document
        if document is not None:
            dialog = PreviewDialog(self._page, self._app, self._page.api, self._kind, document)
            dialog.sent.connect(self._offer_sent)
            dialog.open()

    def _offer_sent(self) -> None:
        """A letter was sent: the state «отправлен» is one click away."""
        for offer in self.offers():
            if offer.action.code == "send" and not offer.why_not:
                self._page.messages.show_message(
                    tr("Документ отправлен письмом."), Tone.OK, key="sent", buttons=True,
                    actions=[(offer.action.title, partial(self._mark_sent, offer.action))])
        self._page.load()

    def _mark_sent(self, action: Action) -> None:
        self._page.messages.dismiss("sent")
        self.run(action)

    def print_goods(self) -> None:
        """As many labels as there are pieces; of what is saved."""
        self.save(then=lambda: self._with_document(print_lines))

    def print_serials(self) -> None:
        self.save(then=lambda: self._with_document(print_serials))

    def print_label(self) -> None:
        self.save(then=lambda: self._with_document(print_document))

    def _with_document(self, run: Callable[[AppContext, DocumentRead, QWidget], object]) -> None:
        if self._page.document is not None:
            run(self._app, self._page.document, self._page)

    def comment(self) -> None:
        """Ctrl+M."""
        page, document = self._page, self._page.document
        if document is None:
            return

        def add(text: str) -> None:
            self._app.tasks.run(page, lambda: page.api.comment(document.id, text), page.show_facts, key="comment")

        open_comments(page, document.comments, add)

    def show_related(self) -> None:
        """Ctrl+Shift+R."""
        document = self._page.document
        if document is not None:
            RelatedDialog(self._page, document, self._app.navigator.open).open()

    def show_full_cost(self) -> None:
        """The goods of a receipt with what was spent on their way."""
        if self._page.document is not None:
            open_full_cost(self._page, self._app, self._page.api, self._page.document)

    def show_files(self) -> None:
        """Ctrl+Shift+A."""
        document = self._page.document
        if document is not None:
            FilesDialog(self._page, self._app, self._page.api, document.id).open()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _needs_save(self) -> bool:
        document = self._page.document
        return document is None or (self._page.dirty and document.editable)

    def _body(self) -> DocumentBody | None:
        """What is typed, checked; None: the errors are shown where they are."""
        page = self._page
        if not page.form.validate():
            return None
        try:
            return document_body(self._kind, page.form.values(), page.body_lines(), page.base)
        except ValidationError as error:
            page.show_field_errors(Problem(
                ProblemKind.FIELDS, tr("Проверьте выделенные поля"), "", ErrorCode.INVALID.value,
                field_errors=field_errors(error)))
            return None

    def _version(self) -> int:
        return self._page.base.version if self._page.base is not None else 0

    def _number(self) -> str:
        return self._page.document.number if self._page.document is not None else ""

    def _set_busy(self, on: bool) -> None:
        self._running = on
        self._page.title_row.set_busy(on)


def _counted(title: str, count: int) -> str:
    return f"{title} ({count})" if count else title

"""Print and send: the very PDF that goes to the printer, to the letter and to the archive is the one on the screen."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_contract.documents import DocumentRead
from crm_contract.kinds import DocumentKind, PrintForm
from crm_contract.lists import Tone
from crm_contract.permissions import Permission
from crm_contract.printing import PrintDocument
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.letter_panel import LetterPanel
from crm_desktop.documents.pdf_view import PdfView
from crm_desktop.documents.preview_bar import PreviewBar
from crm_desktop.documents.printing import PrintJob
from crm_desktop.documents.recipients import button_text
from crm_desktop.documents.related import name_of
from crm_desktop.documents.sending import Archive, Paper, make_paper
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.shortcuts import ctrl_letter
from crm_desktop.widgets.bars import MessageBar, Toast
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.labels import Label, rule, title
from crm_desktop.widgets.menu import Menu

MARGIN = 48
PANEL_WIDTH = 449


class PreviewDialog(QDialog):
    """`sent`: a letter was queued."""

    sent = Signal()

    def __init__(self, parent: QWidget, app: AppContext, api: DocumentsApi, kind: DocumentKind,
                 document: DocumentRead) -> None:
        super().__init__(parent)
        self._window = parent.window()
        self._app = app
        self._api = api
        self._kind = kind
        self._document = document
        self._form: PrintForm = kind.forms[0]
        self._print_data: PrintDocument | None = None
        self._papers: dict[tuple[str, str], Paper] = {}
        self._archive = Archive(api, document.id)
        self._job: PrintJob | None = None
        self._heading = tr("Печать и отправка: {name} от {day}").format(
            name=name_of(kind, document.number), day=formatting.day(document.date))
        self.setWindowTitle(self._heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self._load()

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.messages = MessageBar()
        self.view = PdfView(self._app.tasks)
        self.bar = PreviewBar(self.view, self._kind.forms)
        self.bar.form_chosen.connect(self._choose_form)
        self.letter = LetterPanel(self._form.formats)
        self.letter.changed.connect(self._show_state)
        self.letter.setVisible(self._app.session.can(Permission.MAIL_SEND))
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.bar)
        left.addWidget(self.view, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.letter)
        self.letter.setFixedWidth(PANEL_WIDTH)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._head())
        outer.addWidget(rule())
        outer.addLayout(middle, 1)
        outer.addWidget(rule())
        outer.addLayout(self._footer())
        self.resize(self._window.size() - QSize(2 * MARGIN, 2 * MARGIN - 24))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view.setFocus()

    def _head(self) -> QVBoxLayout:
        close = IconButton(Icon.CLOSE, tr("Закрыть"), ButtonKind.PLAIN, key="Esc")
        close.clicked.connect(self.reject)
        head = QVBoxLayout()
        head.setContentsMargins(24, 12, 16, 12)
        head.addLayout(row(title(self._heading), None, close))
        head.addWidget(self.messages)
        return head

    def _footer(self) -> QHBoxLayout:
        self._promise = Label(tr("Печать, письмо и архив — один и тот же файл PDF"), tone="muted")
        self._cancel = Button(tr("Отмена"), ButtonKind.PLAIN, key="Esc")
        self._save = Button(tr("Сохранить"), icon=Icon.DOWNLOAD)
        self._print = Button(tr("Печать"), icon=Icon.PRINTER, key="Ctrl+P")
        self._send = Button(button_text(0), ButtonKind.PRIMARY, icon=Icon.SEND, key="Ctrl+Enter")
        self._cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._open_save_menu)
        self._print.clicked.connect(self.print)
        self._send.clicked.connect(self.send)
        self._send.setVisible(self._app.session.can(Permission.MAIL_SEND))
        footer = QHBoxLayout()
        footer.setContentsMargins(24, 14, 20, 14)
        footer.setSpacing(8)
        footer.addWidget(self._promise)
        footer.addStretch(1)
        for button in (self._cancel, self._save, self._print, self._send):
            footer.addWidget(button)
        return footer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._send.isVisible() and self._send.isEnabled():
                self.send()
        elif ctrl_letter(event) == "P":
            self.print()
        elif ctrl_letter(event) == "S":
            self._choose_path("pdf")
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif not is_enter:
            super().keyPressEvent(event)

    # --- content ---------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        form, document_id, api, tasks = self._form, self._document.id, self._api, self._app.tasks
        self._print_data = None
        self.letter.set_formats(form.formats)
        self._show_state()
        tasks.run(self, lambda: api.print_data(document_id), partial(self._make, form), key="data")
        if self._app.session.can(Permission.MAIL_SEND):
            tasks.run(self, lambda: (api.recipients(document_id, form.code), api.contact_roles()),
                      lambda found: self.letter.show_answer(*found), key="recipients")

    def _make(self, form: PrintForm, data: PrintDocument) -> None:
        self._print_data = data
        self._app.tasks.render(self, lambda: make_paper(data, form, "pdf"), partial(self._show_pdf, form), key="pdf")

    def _show_pdf(self, form: PrintForm, paper: Paper) -> None:
        if form is self._form:
            self._papers[form.code, "pdf"] = paper
            self.view.show_pdf(paper.data, paper.sizes)
            self._show_state()

    def _choose_form(self, code: str) -> None:
        self._form = next(form for form in self._kind.forms if form.code == code)
        self._load()

    @property
    def pdf(self) -> Paper | None:
        """The file on the screen."""
        return self._papers.get((self._form.code, "pdf"))

    def _show_state(self) -> None:
        ready = self.pdf is not None
        for button in (self._save, self._print):
            button.setEnabled(ready)
        count = len(self.letter.to())
        self._send.setText(button_text(count))
        self._send.set_why_not(
            "" if ready and count and self.letter.outputs() else
            tr("Выберите получателя") if not count else
            tr("Выберите формат") if not self.letter.outputs() else tr("Документ готовится"))
        self.letter.show_files([paper for (form, output), paper in self._papers.items()
                                if form == self._form.code and output in self.letter.outputs()])

    def _set_busy(self, on: bool) -> None:
        for button in (self._save, self._print, self._send):
            button.setEnabled(not on)
        self._promise.setText(tr("Отправляется…") if on else tr("Печать, письмо и архив — один и тот же файл PDF"))
        if not on:
            self._show_state()

    # --- saving to a file ------------------------------------------------------------------------------------------

    def _open_save_menu(self) -> None:
        menu = Menu(self._save)
        for output in self._form.formats:
            menu.add(tr("Сохранить {format}").format(format=output.upper()), partial(self._choose_path, output),
                     icon=Icon.FILE_PDF if output == "pdf" else Icon.FILE_TEXT)
        menu.open_below(self._save)

    def _choose_path(self, output: str) -> None:
        paper = self.pdf
        if paper is None:
            return
        chooser = QFileDialog(self, tr("Сохранить {format}").format(format=output.upper()),
                              str(Path(paper.name).with_suffix(f".{output}")))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(output)
        chooser.fileSelected.connect(lambda path: self.save_as(Path(path), output))
        chooser.open()

    def save_as(self, path: Path, output: str) -> None:
        """The file is made if it is not there yet, then written whole or not at all."""
        self._with_papers([output], lambda papers: self._app.tasks.disk(
            self, lambda: write_file(path, papers[0].data), self._tell_saved))

    def _tell_saved(self, path: Path) -> None:
        self.messages.show_message(tr("Сохранено: {path}").format(path=path), Tone.OK, key="saved")

    def _with_papers(self, outputs: list[str], then: Callable[[list[Paper]], object]) -> None:
        """Makes what is missing of the chosen formats, calls `then(papers)` in their order."""
        form, data = self._form, self._print_data
        if data is None:
            return
        missing = [output for output in outputs if (form.code, output) not in self._papers]

        def take(made: list[Paper]) -> None:
            for paper in made:
                self._papers[form.code, paper.output] = paper
            self._show_state()
            then([self._papers[form.code, output] for output in outputs])

        if missing:
            self._app.tasks.render(self, lambda: [make_paper(data, form, output) for output in missing], take,
                                   key="papers", busy=self._set_busy)
        else:
            take([])

    # --- printing --------------------------------------------------------------------------------------------------

    def print(self) -> None:
        """Ctrl+P: the system's print dialog, then the file is kept and printed."""
        if self.pdf is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.pdf.name)
        chooser = QPrintDialog(printer, self)
        chooser.setMinMax(1, max(1, self.view.page_count))
        chooser.accepted.connect(lambda: self.print_on(printer))
        QDialog.open(chooser)  # its own `open` wants a slot

    def print_on(self, printer: QPrinter) -> None:
        """What is printed is journaled: the server keeps the file before the paper comes out."""
        paper, archive = self.pdf, self._archive
        if paper is not None:
            self._app.tasks.run(self, lambda: archive.keep(paper, "print"), lambda kept: self._start(printer, paper),
                                key="print", busy=self._set_busy)

    def _start(self, printer: QPrinter, paper: Paper) -> None:
        self._job = PrintJob(self._app.tasks, printer, paper.data, paper.sizes, self._on_printed, self)
        self._job.start()

    def _on_printed(self) -> None:
        self._job = None
        self.messages.show_message(tr("Отправлено на принтер, копия сохранена у документа."), Tone.OK, key="printed")

    # --- sending ---------------------------------------------------------------------------------------------------

    def send(self) -> None:
        """Keeps the shown file and the other chosen formats on the server, then queues the letter."""
        if self.pdf is None or not self.letter.validate():
            return
        to, subject, text = self.letter.to(), self.letter.subject(), self.letter.text()
        archive = self._archive
        self._with_papers(self.letter.outputs(), lambda papers: self._app.tasks.run(
            self, lambda: archive.send(papers, to, subject, text), lambda letter: self._on_sent(len(to)),
            key="send", busy=self._set_busy))

    def _on_sent(self, count: int) -> None:
        people = formatting.plural(count, tr("получателю"), tr("получателям"), tr("получателям"))
        Toast(self._window, tr("Письмо поставлено в очередь: {people}").format(people=people), seconds=5)
        self.sent.emit()
        self.accept()

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def show_field_errors(self, problem: Problem) -> bool:
        left = self.letter.set_errors(problem.field_errors)
        text = " ".join((problem.message.rstrip(".") + ".", *left.values()))
        self.messages.show_message(text, Tone.ERROR, key="fields")
        return True

"""«Этикетки»: which paper, how many, what it looks like; printed as it is seen, or saved as PDF."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QSizeF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.labels import MAX_LABELS, LabelsPrinted
from crm_contract.lists import Choice, Tone
from crm_desktop.documents.label_jobs import LabelJob, LabelRow, Load
from crm_desktop.documents.pdf_pages import PageSize, page_sizes
from crm_desktop.documents.pdf_view import PdfView
from crm_desktop.documents.preview_bar import PreviewBar
from crm_desktop.documents.printing import PrintJob
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.shortcuts import ctrl_letter
from crm_desktop.rendering.labels import DOT, Label, Media, NoRoom, page_count, write_labels
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckField, ComboField
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import Label as Words
from crm_desktop.widgets.labels import rule, title
from crm_desktop.widgets.number_fields import IntegerEdit

BY_QUANTITY, EVENLY = "quantity", "evenly"
OPTIONS_WIDTH = 300
PAUSE_MS = 150
ROLL_ZOOM = 200
#: Dots of a printer are whole in pictures of this many pixels a point, and of any multiple of it.
_DOTS_PER_POINT = 25.4 / 72 / DOT
_ROLL_DOTS, _SHEET_DOTS = 4, 2  # at most so many pixels of a dot: a sheet of A4 takes 64 MB at two


class LabelDialog(QDialog):
    """Opens at once; the labels come when what they are made from is read."""

    def __init__(self, parent: QWidget | None, app: AppContext, heading: str, load: Load) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._app = app
        self._labels: LabelJob | None = None
        self._printing: PrintJob | None = None
        self.pdf = b""
        self._sizes: Sequence[PageSize] = ()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._make)
        self._build(heading)
        self._show_state()
        app.tasks.run(self, load, self._take, key="labels")

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self, heading: str) -> None:
        self.messages = MessageBar()
        self.view = PdfView(self._app.tasks)
        self.media = ComboField(tr("Бумага"), required=True)
        self.mode = ComboField(tr("Сколько"), (Choice(BY_QUANTITY, tr("По количеству в документе")),
                                               Choice(EVENLY, tr("Поровну на каждую строку"))), required=True)
        self.count = IntegerEdit(tr("Штук на строку"), required=True, minimum=1, maximum=MAX_LABELS)
        self.start = IntegerEdit(tr("Начать с места на листе"), required=True, minimum=1, maximum=1)
        self.price = CheckField(tr("Печатать цену"))
        self.form = Form([[cell(name, field, 12)] for name, field in (
            ("media", self.media), ("mode", self.mode), ("count", self.count), ("start", self.start),
            ("price", self.price))])
        self.form.edited.connect(lambda name: self._on_edited())
        self._total = Words("", tone="muted")
        options = QWidget()
        options.setFixedWidth(OPTIONS_WIDTH)
        column = QVBoxLayout(options)
        column.setContentsMargins(24, 16, 20, 16)
        column.addWidget(self.form)
        column.addWidget(self._total)
        column.addStretch(1)
        pages = QVBoxLayout()
        pages.setSpacing(0)
        pages.addWidget(PreviewBar(self.view, ()))
        pages.addWidget(self.view, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(options)
        middle.addLayout(pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._head(heading))
        outer.addWidget(rule())
        outer.addLayout(middle, 1)
        outer.addWidget(rule())
        outer.addLayout(self._foot())
        self.resize(960, 640)

    def _head(self, heading: str) -> QVBoxLayout:
        close = IconButton(Icon.CLOSE, tr("Закрыть"), ButtonKind.PLAIN, key="Esc")
        close.clicked.connect(self.reject)
        head = QVBoxLayout()
        head.setContentsMargins(24, 12, 16, 12)
        head.addLayout(row(title(heading), None, close))
        head.addWidget(self.messages)
        return head

    def _foot(self) -> QHBoxLayout:
        cancel = Button(tr("Отмена"), ButtonKind.PLAIN, key="Esc")
        self._save = Button(tr("Сохранить PDF"), icon=Icon.DOWNLOAD, key="Ctrl+S")
        self._print = Button(tr("Печать"), ButtonKind.PRIMARY, icon=Icon.PRINTER, key="Ctrl+Enter")
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self.choose_path)
        self._print.clicked.connect(self.print)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 14, 20, 14)
        foot.setSpacing(8)
        foot.addStretch(1)
        for button in (cancel, self._save, self._print):
            foot.addWidget(button)
        return foot

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        letter = ctrl_letter(event)
        if letter == "P" or (is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.print()
        elif letter == "S":
            self.choose_path()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif not is_enter:
            super().keyPressEvent(event)

    # --- what is chosen --------------------------------------------------------------------------------------------

    def _take(self, job: LabelJob) -> None:
        self._labels = job
        kept: dict[str, Any] = self._app.settings.get(self._settings_name) or {}
        self.media.set_choices([Choice(media.code, media.title) for media in job.media])
        codes = [media.code for media in job.media]
        self.media.set_value(kept.get("media") if kept.get("media") in codes else codes[0])
        self.mode.set_value(kept.get("mode", BY_QUANTITY) if job.by_quantity else EVENLY)
        self.count.set_value(1)
        self.start.set_value(1)
        self.price.set_value(bool(kept.get("price")) and job.has_price)
        self.form.set_visible("mode", job.by_quantity)
        self.form.set_visible("price", job.has_price)
        if not job.rows:
            self.messages.show_message(tr("Печатать нечего: в выбранном нет товаров"), Tone.WARN, key="empty")
        self.media.setFocus()
        self._on_edited()

    @property
    def _settings_name(self) -> str:
        return f"labels/{self._labels.entity}" if self._labels else ""

    def chosen_media(self) -> Media | None:
        job, code = self._labels, self.media.value()
        return next((media for media in job.media if media.code == code), None) if job else None

    def _count_of(self, line: LabelRow) -> int:
        return line.quantity if self.mode.value() == BY_QUANTITY else self.count.value() or 0

    def total(self) -> int:
        return sum(self._count_of(line) for line in self._labels.rows) if self._labels else 0

    def _on_edited(self) -> None:
        job, media = self._labels, self.chosen_media()
        if job is None or media is None:
            return
        begun = media.is_sheet and not job.sheet_heading
        self.form.set_visible("count", self.mode.value() == EVENLY and not job.sheet_heading)
        self.form.set_visible("start", begun)
        self.start.set_maximum(media.per_page)
        if not begun or (self.start.value() or 0) > media.per_page:
            self.start.set_value(1)
        self._app.settings.set(self._settings_name, {
            "media": media.code, "mode": self.mode.value(), "price": self.price.value()})
        self.pdf = b""
        self._show_state()
        self._timer.start()

    def _make(self) -> None:
        """Draws what is chosen, in the render worker."""
        job, media, count = self._labels, self.chosen_media(), self.total()
        if job is None or media is None or not 0 < count <= MAX_LABELS or not self.form.validate():
            return
        priced, start, counts = self.price.value(), self.start.value() or 1, [*map(self._count_of, job.rows)]

        def work() -> tuple[bytes, list[PageSize]]:
            labels: list[Label] = []
            for line, many in zip(job.rows, counts, strict=True):
                labels += [line.make(priced)] * many
            data = write_labels(labels, media, start, job.sheet_heading)
            return data, page_sizes(data)

        self._app.tasks.render(self, work, lambda made: self._show(*made), self._on_failed, key="pdf")

    def _show(self, data: bytes, sizes: Sequence[PageSize]) -> None:
        media = self.chosen_media()
        self.messages.dismiss("room")
        self.pdf, self._sizes = data, sizes
        self.view.show_pdf(data, sizes)
        if media is not None and not media.is_sheet:
            self.view.set_zoom(ROLL_ZOOM)
        else:
            self.view.fit_width()
        self._show_state()

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, NoRoom):
            raise error
        self.messages.show_message(
            tr("Код «{code}» на этикетке не поместится: выберите бумагу крупнее.").format(code=error.code), Tone.ERROR,
            key="room")

    def _show_state(self) -> None:
        count, media = self.total(), self.chosen_media()
        words = ""
        if media is not None and count > MAX_LABELS:
            words = tr("Этикеток {count}, а за раз — не больше {most}: печатайте частями.").format(
                count=formatting.integer(count), most=formatting.integer(MAX_LABELS))
        elif media is not None and count:
            words = formatting.plural(count, tr("этикетка"), tr("этикетки"), tr("этикеток"))
            if media.is_sheet:
                pages = page_count(count, media, self.start.value() or 1)
                words += " · " + formatting.plural(pages, tr("лист"), tr("листа"), tr("листов"))
        self._total.setWordWrap(True)
        self._total.setText(words)
        for button in (self._save, self._print):
            button.setEnabled(bool(self.pdf))

    # --- to a file and to paper ------------------------------------------------------------------------------------

    def choose_path(self) -> None:
        if not self.pdf:
            return
        name = re.sub(r'[<>:"/\\|?*]+', "-", self.windowTitle())
        chooser = QFileDialog(self, tr("Сохранить PDF"), f"{name}.pdf")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("pdf")
        chooser.fileSelected.connect(lambda path: self.save_as(Path(path)))
        chooser.open()

    def save_as(self, path: Path) -> None:
        data = self.pdf
        self._app.tasks.disk(self, lambda: write_file(path, data), self._tell_saved)

    def _tell_saved(self, path: Path) -> None:
        self.messages.show_message(tr("Сохранено: {path}").format(path=path), Tone.OK, key="saved")

    def print(self) -> None:
        """Ctrl+P: the system's print dialog with the paper of the labels."""
        media = self.chosen_media()
        if not self.pdf or media is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.windowTitle())
        set_paper(printer, media)
        chooser = QPrintDialog(printer, self)
        chooser.setMinMax(1, max(1, self.view.page_count))
        chooser.accepted.connect(lambda: self.print_on(printer))
        QDialog.open(chooser)  # its own `open` wants a slot

    def print_on(self, printer: QPrinter) -> None:
        """The journal is told first: nothing comes out of the printer that nobody knows of."""
        job, media = self._labels, self.chosen_media()
        if job is None or media is None:
            return
        words = tr("{title}: {count} шт., {media}").format(title=job.title, count=self.total(), media=media.title)
        ids = [] if job.sheet_heading else list(dict.fromkeys(line.id for line in job.rows))
        body = LabelsPrinted(entity=job.entity, ids=ids, title=words, count=self.total())
        self._app.tasks.run(self, lambda: self._app.api.post("/api/labels/printed", None, body),
                            lambda _: self._start(printer, media), key="print", busy=self._print)

    def _start(self, printer: QPrinter, media: Media) -> None:
        set_paper(printer, media)  # another printer of the dialog came with its own
        self._printing = PrintJob(self._app.tasks, printer, self.pdf, self._sizes, self._on_printed, self,
                                  scale=label_scale(printer.resolution(), media), turns=False)
        self._printing.start()

    def _on_printed(self) -> None:
        self._printing = None
        self.messages.show_message(tr("Отправлено на принтер."), Tone.OK, key="printed")

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)


def set_paper(printer: QPrinter, media: Media) -> None:
    """The page is the label: without margins, so that the bars keep their widths."""
    size = QPageSize(QPageSize.PageSizeId.A4) if media.is_sheet else QPageSize(
        QSizeF(media.width, media.height), QPageSize.Unit.Millimeter, media.title, QPageSize.SizeMatchPolicy.ExactMatch)
    printer.setFullPage(True)
    printer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))


def label_scale(resolution: int, media: Media) -> float:
    """Pixels a point with whole pixels for every dot: the nearest above the resolution of the printer."""
    most = _SHEET_DOTS if media.is_sheet else _ROLL_DOTS
    wanted = -(-resolution * 10 // 2032)  # 203.2 dots an inch
    return _DOTS_PER_POINT * min(most, max(1, wanted))

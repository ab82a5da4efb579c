"""The tools over the shown pages: page by page, zoom, the form."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.kinds import PrintForm
from crm_desktop.documents.pdf_view import PdfView
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.choice_fields import ComboBox
from crm_desktop.widgets.labels import Label


class PreviewBar(QWidget):
    form_chosen = Signal(str)

    def __init__(self, view: PdfView, forms: Sequence[PrintForm], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        back = IconButton(Icon.BACK, tr("Предыдущий лист"), ButtonKind.PLAIN, key="PgUp", compact=True)
        forth = IconButton(Icon.CARET_RIGHT, tr("Следующий лист"), ButtonKind.PLAIN, key="PgDn", compact=True)
        less = IconButton(Icon.MINUS, tr("Мельче"), ButtonKind.PLAIN, key="−", compact=True)
        more = IconButton(Icon.PLUS, tr("Крупнее"), ButtonKind.PLAIN, key="+", compact=True)
        self._page = Label(tr("Лист"))
        self._zoom = Label("")
        self._zoom.setMinimumWidth(48)
        self._fit = Button(tr("По ширине"), ButtonKind.PLAIN, compact=True)
        self._fit.setCheckable(True)
        self._form = ComboBox()
        self._form.setAccessibleName(tr("Печатная форма"))
        for form in forms:
            self._form.addItem(tr("Форма: {form}").format(form=form.title), form.code)
        self._form.setMinimumWidth(230)
        back.clicked.connect(lambda: view.go_to(view.page - 1))
        forth.clicked.connect(lambda: view.go_to(view.page + 1))
        less.clicked.connect(lambda: view.zoom_step(-1))
        more.clicked.connect(lambda: view.zoom_step(1))
        self._fit.clicked.connect(view.fit_width)
        self._form.activated.connect(lambda: self.form_chosen.emit(self._form.currentData()))
        view.page_changed.connect(self._show_page)
        view.zoom_changed.connect(self._show_zoom)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 20, 6)
        line.setSpacing(6)
        for widget in (back, forth, self._page):
            line.addWidget(widget)
        line.addSpacing(16)
        for widget in (less, self._zoom, more, self._fit):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self._form)
        self._form.setVisible(bool(forms))

    def _show_page(self, page: int, count: int) -> None:
        self._page.setText(tr("Лист {page} из {count}").format(page=page, count=count))

    def _show_zoom(self, percent: int, is_fit: bool) -> None:
        self._zoom.setText(f"{percent} %")
        self._fit.setChecked(is_fit)

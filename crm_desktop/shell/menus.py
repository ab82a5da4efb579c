"""The menus and small dialogs of the top bar: the person, drafts, the list of keys, the password."""

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.access import PasswordBody
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.drafts import Draft
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.shortcuts import Shortcuts
from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.pills import KeyCap
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.text_fields import PasswordEdit

SCALES = (("100 %", 1.0), ("115 %", 1.15), ("130 %", 1.3), ("150 %", 1.5))
THEMES = ((ThemeMode.SYSTEM, tr("Как в системе")), (ThemeMode.LIGHT, tr("Светлая")), (ThemeMode.DARK, tr("Тёмная")))


def drafts_menu(app: AppContext, window: QWidget) -> Menu:
    """What was typed and not saved; choosing one opens its page."""
    menu = _menu(window)
    for draft in app.drafts.list():
        title = f"{draft.title} · {formatting.moment_near(draft.saved_at)}"
        menu.add(title, lambda draft=draft: open_draft(app, draft), icon=Icon.PENCIL)
    if not menu.actions():
        menu.add(tr("Несохранённого нет")).setEnabled(False)
    return menu


def open_draft(app: AppContext, draft: Draft) -> None:
    """The page finds the draft of its record by itself; a new record is told which draft is its own."""
    if app.navigator.knows(draft.entity):
        params = {} if draft.record is not None else {"draft": draft.key}
        app.navigator.open(draft.entity, draft.record, **params)


def person_menu(app: AppContext, window: QWidget, theme: Theme, *, set_theme: Callable[[ThemeMode], None],
                set_scale: Callable[[float], None], log_out: Callable[[], None]) -> Menu:
    menu = _menu(window)
    look = menu.add_menu(tr("Тема"), icon=Icon.CIRCLE_HALF)
    for mode, title in THEMES:
        look.add(title, lambda mode=mode: set_theme(mode), checked=theme.mode is mode)
    sizes = menu.add_menu(tr("Размер текста"), icon=Icon.SLIDERS)
    for title, scale in SCALES:
        sizes.add(title, lambda scale=scale: set_scale(scale), checked=round(fonts.scale() * 100) == round(scale * 100))
    menu.add(tr("Сменить пароль…"), lambda: ask_password(app, window), icon=Icon.LOCK)
    menu.addSeparator()
    menu.add(tr("Выйти"), log_out, icon=Icon.SIGN_OUT)
    return menu


def ask_password(app: AppContext, window: QWidget) -> Dialog:
    dialog = Dialog(window, tr("Сменить пароль"))
    old = PasswordEdit(tr("Нынешний пароль"), required=True)
    new = PasswordEdit(tr("Новый пароль, не короче 8 знаков"), required=True)
    again = PasswordEdit(tr("Новый пароль ещё раз"), required=True)
    for field in (old, new, again):
        dialog.add(field)

    def save() -> None:
        valid = [field.validate() for field in (old, new, again)]  # every field shows what is wrong with it
        if not all(valid):
            return
        if len(new.value()) < 8:
            new.set_error(tr("Короче 8 знаков"))
        elif new.value() != again.value():
            again.set_error(tr("Пароли не совпадают"))
        else:
            body = PasswordBody(old=old.value(), new=new.value())
            app.tasks.run(dialog, lambda: app.api.post("/api/me/password", None, body), lambda _: dialog.accept(),
                          lambda error: old.set_error(problem_of(error).text))

    dialog.add_button(tr("Отмена"))
    dialog.add_button(tr("Сменить"), save, ButtonKind.PRIMARY)
    dialog.open()
    old.setFocus()
    return dialog


def keys_dialog(shortcuts: Shortcuts, window: QWidget) -> Dialog:
    """Every action that has keys (Ctrl+F1)."""
    dialog = Dialog(window, tr("Клавиши"), width=560)
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    lines = [(spec.key_text, spec.title) for spec in shortcuts.all()
             if spec.keys and not spec.id.startswith("shell.section_")]
    lines.insert(1, ("Alt+1…9", tr("Разделы по порядку")))
    for number, (keys, text) in enumerate(lines):
        line, column = divmod(number, 2)
        grid.addWidget(KeyCap(keys), line, column * 2)
        grid.addWidget(Label(text), line, column * 2 + 1)
    holder = QWidget()
    holder.setLayout(grid)
    dialog.add(scrolled(holder))
    dialog.add(caption(tr("Ctrl с буквой работает и в русской раскладке")))
    dialog.add_button(tr("Закрыть"), dialog.accept, ButtonKind.PRIMARY)
    dialog.resize(760, 520)
    dialog.open()
    return dialog


def _menu(window: QWidget) -> Menu:
    menu = Menu(window)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu

"""The main window: rail, top bar, tabs, status line; the navigator opens pages here."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.documents import KINDS, DocumentRead
from crm_contract.lists import Hit, Tone
from crm_desktop.kit import formatting
from crm_desktop.kit.changes import ChangeListener
from crm_desktop.kit.feature import AppContext, Feature, NavItem, PageFactory
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.shell import features
from crm_desktop.shell.brand import NAME
from crm_desktop.shell.focus_keeper import FocusKeeper
from crm_desktop.shell.menus import drafts_menu
from crm_desktop.shell.palette import Palette
from crm_desktop.shell.palette_items import PaletteGroup, PaletteItem
from crm_desktop.shell.rail import Rail
from crm_desktop.shell.status_line import StatusLine
from crm_desktop.shell.tabs import PageDeck
from crm_desktop.shell.top_bar import TopBar
from crm_desktop.widgets.bars import MessageBar

COLLAPSE_BELOW = 1200
RECENT = 12
KEPT_TABS = 12
HOME = "home"
SHORTCUTS = (
    ActionSpec("shell.palette", tr("Найти или выполнить команду"), ("Ctrl+K",), icon=Icon.SEARCH),
    ActionSpec("shell.close_tab", tr("Закрыть вкладку"), ("Ctrl+W", "Ctrl+F4"), icon=Icon.CLOSE),
    ActionSpec("shell.next_tab", tr("Следующая вкладка"), ("Ctrl+Tab", "Ctrl+PgDown"), icon=Icon.ARROW_RIGHT),
    ActionSpec("shell.previous_tab", tr("Предыдущая вкладка"), ("Ctrl+Shift+Tab", "Ctrl+PgUp"), icon=Icon.ARROW_LEFT),
    ActionSpec("shell.reopen_tab", tr("Вернуть закрытую вкладку"), ("Ctrl+Shift+T",), icon=Icon.UNDO),
    ActionSpec("shell.rail", tr("К разделам"), ("F6",), icon=Icon.LIST),
    ActionSpec("shell.collapse", tr("Свернуть или развернуть меню"), ("Ctrl+B",), icon=Icon.SIDEBAR),
    ActionSpec("shell.theme", tr("Светлая или тёмная тема"), (), icon=Icon.CIRCLE_HALF),
    ActionSpec("shell.keys", tr("Список клавиш"), ("Ctrl+F1",), icon=Icon.KEYBOARD),
    ActionSpec("shell.log_out", tr("Выйти из программы"), (), icon=Icon.SIGN_OUT),
    *(ActionSpec(f"shell.section_{number}", tr("Раздел {number}").format(number=number), (f"Alt+{number}",))
      for number in range(1, 10)),
)


class MainWindow(QWidget):
    """Made after the log-in. `left` when it was closed and nothing would be lost."""

    theme_asked = Signal()
    keys_asked = Signal()
    person_asked = Signal(QWidget)
    log_out_asked = Signal()
    left = Signal()

    def __init__(self, app: AppContext, changes: ChangeListener) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle(NAME)
        self.setMinimumSize(900, 560)
        self.app = app
        self._leaving = False
        self._collapse_wish: bool | None = app.settings.get("shell/collapsed")
        self.rail = Rail(features.nav_items(app.session))
        self.top_bar = TopBar(app.session.me)
        self.deck = PageDeck()
        self.status = StatusLine()
        self.messages = MessageBar()
        self._factories: dict[str, PageFactory] = {}
        self.palette_panel = Palette(self, app.api, app.tasks, self._palette_groups, self._recent_items,
                                     self._open_hit, _hit_icon)
        self._tabs_timer = QTimer(self, singleShot=True, interval=1000)
        self._tabs_timer.timeout.connect(self._keep_tabs)
        self._lay_out()
        self._register_pages()
        self._wire(changes)
        self._bind()
        self._restore_window()

    # --- for the app -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Opens what was open last time, at least the first section."""
        for entry in self.app.settings.get("shell/tabs", [])[:KEPT_TABS]:
            if entry.get("entity") in self._factories and self.app.session.is_open:
                self._restore_tab(entry)
        if self.app.navigator.knows(HOME) and self.deck.find_page(HOME, None) is None:
            self.deck.add(self._make(HOME, None, {}), in_front=not self.deck.pages())
            self.deck.bar.moveTab(self.deck.bar.count() - 1, 0)
        if not self.deck.pages() and self.rail.sections:
            self.app.navigator.open(self.rail.sections[0].entity)
        current = next((entry for entry in self.app.settings.get("shell/tabs", []) if entry.get("current")), None)
        page = self.deck.find_page(current["entity"], current["id"]) if current else None
        self.deck.show_page(page or self.deck.pages()[0])

    def keep(self) -> None:
        """What was open and where the window stood, for the next start."""
        self._keep_tabs()
        self.app.settings.save_window("main", self)
        self.app.settings.sync()

    def show_drafts(self, count: int) -> None:
        """What the last run left unsaved: a bar once, the button while there is something."""
        self.top_bar.set_drafts(count)
        if count:
            words = formatting.plural(count, tr("черновик"), tr("черновика"), tr("черновиков"))
            self.messages.show_message(
                tr("С прошлого раза осталось несохранённое: {words}").format(words=words), Tone.INFO, key="drafts",
                actions=((tr("Показать"), lambda: self._open_drafts(self.top_bar.drafts)),))

    # --- pages -----------------------------------------------------------------------------------------------------

    def open_page(self, entity: str, id: int | None, params: dict[str, Any]) -> None:
        """An open page comes to the front (and takes the parameters), else a new tab is made."""
        is_new_record = id is None and entity != HOME and not entity.startswith("list:")
        page = None if is_new_record else self.deck.find_page(entity, id)
        if page is None:
            page = self._make(entity, id, params)
            self.deck.add(page)
        else:
            page.restore(params)
            self.deck.show_page(page)

    def _make(self, entity: str, id: int | None, params: dict[str, Any]) -> Page:
        return self._factories[entity](self.app, entity, id, params)

    def _register_pages(self) -> None:
        for feature in features.FEATURES:
            for entity, factory in feature.pages.items():
                if self._may_open(feature, entity):
                    self._factories[entity] = factory
                    self.app.navigator.register(entity, self._opener(entity))

        self.app.navigator.register("document", self._open_document)

    def _open_document(self, id: int | None = None, **params: Any) -> None:
        """A link that knows only the number: asks which kind the document is of."""
        if id is not None:
            self.app.tasks.run(self, lambda: self.app.api.get(f"/api/documents/{id}", DocumentRead),
                               lambda document: self.app.navigator.open(document.kind, document.id, **params))

    def _may_open(self, feature: Feature, entity: str) -> bool:
        item = next((item for item in feature.nav if item.entity == entity), None)
        permission = item.permission if item is not None else feature.page_permissions.get(entity, "")
        return features.allowed(self.app.session, permission)

    def _opener(self, entity: str) -> Callable[..., None]:
        return lambda id=None, **params: self.open_page(entity, id, params)

    def _restore_tab(self, entry: dict[str, Any]) -> None:
        entity, id = entry["entity"], entry.get("id")
        if self.deck.find_page(entity, id) is None:
            page = self._make(entity, id, {})
            page.restore(entry.get("state") or {})
            page.set_title(entry.get("title") or page.title)
            self.deck.add(page, in_front=False)

    def reopen_tab(self) -> None:
        closed = self.deck.take_closed()
        if closed is not None:
            self.open_page(closed.entity, closed.id, {})
            page = self.deck.current()
            if page is not None and closed.state:
                page.restore(closed.state)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        bars = QVBoxLayout()
        bars.setContentsMargins(16, 0, 16, 0)
        bars.addWidget(self.messages)
        right.addLayout(bars)
        right.addWidget(self.deck, 1)
        right.addWidget(self.status)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.rail)
        line.addLayout(right, 1)

    def _wire(self, changes: ChangeListener) -> None:
        self.rail.chosen.connect(self.app.navigator.open)
        self.rail.collapse_asked.connect(self._collapse)
        self.top_bar.palette_asked.connect(self.palette_panel.open_palette)
        self.top_bar.keys_asked.connect(self.keys_asked)
        self.top_bar.drafts_asked.connect(self._open_drafts)
        self.top_bar.theme_asked.connect(self.theme_asked)
        self.top_bar.person_asked.connect(self.person_asked)
        self.palette_panel.closed.connect(self.deck.focus_page)
        FocusKeeper(self, self.deck.current)
        self.deck.current_changed.connect(self._on_page)
        self.deck.status_changed.connect(self.status.set_text)
        self.app.navigator.opened.connect(lambda entity, id: self._tabs_timer.start())
        self.app.tasks.active_changed.connect(lambda count: self.status.set_busy(count > 0))
        changes.changed.connect(lambda entity, ids, by: self._on_change(entity, ids))
        changes.reset.connect(self.deck.refresh_all)
        changes.online.connect(lambda: self._on_online(True))
        changes.offline.connect(lambda: self._on_online(False))

    def _bind(self) -> None:
        window = Qt.ShortcutContext.WindowShortcut
        bind = self.app.shortcuts.bind
        for action, run in (
            ("shell.palette", self.palette_panel.open_palette), ("shell.close_tab", self.deck.close_current),
            ("shell.next_tab", lambda: self.deck.step(1)), ("shell.previous_tab", lambda: self.deck.step(-1)),
            ("shell.reopen_tab", self.reopen_tab), ("shell.rail", self.rail.focus),
            ("shell.collapse", lambda: self._collapse(self.rail.width() > 100)),
            ("shell.theme", self.theme_asked.emit), ("shell.keys", self.keys_asked.emit),
            ("shell.log_out", self.log_out_asked.emit),
        ):
            bind(self, action, run, window)
        for number in range(1, 10):
            bind(self, f"shell.section_{number}", lambda number=number: self._open_section(number), window)

    def _open_section(self, number: int) -> None:
        sections: list[NavItem] = self.rail.sections
        if number <= len(sections):
            self.app.navigator.open(sections[number - 1].entity)

    def _on_page(self, page: Page | None) -> None:
        entity, id = page.place() if page is not None else ("", None)
        self.rail.set_current(features.section_of(entity))
        if page is not None:
            self.setWindowTitle(f"{page.title} · {NAME}")
            if id is not None:
                self._remember(entity, id, page.title)
        self._tabs_timer.start()

    def _on_change(self, entity: str, ids: list[int]) -> None:
        self.status.mark_updated()
        self.deck.on_changed(entity, ids)

    def _on_online(self, on: bool) -> None:
        was_offline = self.status.property("offline") is True
        self.status.setProperty("offline", not on)
        self.status.set_online(on)
        if not on:
            self.messages.show_message(
                tr("Показанное и введённое остаётся на экране, связь восстановится сама."), Tone.WARN, key="offline",
                lead=tr("Нет связи с сервером."))
        elif was_offline:
            self.messages.dismiss("offline")
            self.deck.refresh_all()

    # --- palette ---------------------------------------------------------------------------------------------------

    def _palette_groups(self) -> list[PaletteGroup]:
        app = self.app
        page = self.deck.current()
        here = [PaletteItem(action.title, action.run, icon=action.icon or Icon.ARROW_RIGHT, key=action.key)
                for action in (page.page_actions() if page is not None else ())]
        live = [PaletteItem(action.spec.title, action.run, icon=action.spec.icon or Icon.ARROW_RIGHT,
                            key=action.spec.key_text)
                for action in app.shortcuts.available() if not action.spec.id.startswith("shell.section_")]
        made = [PaletteItem(command.title, lambda command=command: command.run(app), command.section, command.icon,
                            command.keys) for command in features.commands(app.session)]
        numbers = {item.entity: number for number, item in enumerate(self.rail.sections, start=1)}
        sections = [PaletteItem(item.title, lambda item=item: app.navigator.open(item.entity), icon=item.icon,
                                key=f"Alt+{numbers[item.entity]}" if numbers.get(item.entity, 10) < 10 else "")
                    for item in features.nav_items(app.session)]
        return [*([PaletteGroup(page.title, here)] if page is not None and here else []),
                PaletteGroup(tr("Разделы"), sections), PaletteGroup(tr("Команды"), [*made, *live])]

    def _recent_items(self) -> list[PaletteItem]:
        return [PaletteItem(title, lambda entity=entity, id=id: self.app.navigator.open(entity, id),
                            icon=_entity_icon(entity))
                for entity, id, title in self.app.settings.get("shell/recent", []) if entity in self._factories]

    def _remember(self, entity: str, id: int, title: str) -> None:
        kept = [entry for entry in self.app.settings.get("shell/recent", []) if entry[:2] != [entity, id]]
        self.app.settings.set("shell/recent", [[entity, id, title], *kept][:RECENT])

    def _open_hit(self, hit: Hit) -> Callable[[], None]:
        return lambda: self.app.navigator.open(hit.entity, hit.id)

    def _open_drafts(self, button: QWidget) -> None:
        drafts_menu(self.app, self).open_below(button, align_right=True)

    # --- the window ------------------------------------------------------------------------------------------------

    def _collapse(self, on: bool) -> None:
        self._collapse_wish = on
        self.app.settings.set("shell/collapsed", on)
        self.rail.set_collapsed(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < COLLAPSE_BELOW
        self.rail.set_collapsed(narrow or bool(self._collapse_wish))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leaving:
            event.accept()
            return
        event.ignore()
        self.keep()
        self.deck.close_all(self._leave)

    def _leave(self, may: bool) -> None:
        if may:
            self._leaving = True
            self.close()
            self.left.emit()

    def _keep_tabs(self) -> None:
        self.app.settings.set("shell/tabs", self.deck.state())

    def _restore_window(self) -> None:
        self.resize(1366, 768)
        self.app.settings.restore_window("main", self)


def _entity_icon(entity: str) -> str:
    if entity in KINDS:
        return KINDS[entity].icon
    return {"party": Icon.BUILDING, "product": Icon.CUBE, "import": Icon.UPLOAD}.get(entity, Icon.FILE)


def _hit_icon(hit: Hit) -> str:
    return _entity_icon(hit.entity)

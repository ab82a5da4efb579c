"""Keys of the document page."""

from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.shortcuts import ActionSpec

CONTEXT = "document"
SAVE, MAIN, STAY = "document.save", "document.main", "document.main_stay"
PRINT, BASED_ON, COPY = "document.print", "document.based_on", "document.copy"
COMMENT, RELATED, FILES = "document.comment", "document.related", "document.files"
RELOAD, ADD_LINE, MENU = "document.reload", "document.add_line", "document.menu"


def specs() -> tuple[ActionSpec, ...]:
    # Qt calls the main Enter «Return»; the hint shows the first chord of each.
    enter = ("Ctrl+Enter", "Ctrl+Return")
    return (
        ActionSpec(SAVE, tr("Записать документ"), ("Ctrl+S",), CONTEXT, Icon.FLOPPY),
        ActionSpec(MAIN, tr("Главное действие и закрыть"), enter, CONTEXT, Icon.CHECK),
        ActionSpec(STAY, tr("Главное действие, остаться"), ("Ctrl+Shift+Enter", "Ctrl+Shift+Return"), CONTEXT),
        ActionSpec(PRINT, tr("Печать и отправка"), ("Ctrl+P", "Ctrl+E"), CONTEXT, Icon.PRINTER),
        ActionSpec(BASED_ON, tr("Создать на основании"), ("Alt+O",), CONTEXT, Icon.BRANCH),
        ActionSpec(COPY, tr("Скопировать документ"), ("F9",), CONTEXT, Icon.COPY),
        ActionSpec(COMMENT, tr("Комментарий к документу"), ("Ctrl+M",), CONTEXT, Icon.CHAT),
        ActionSpec(RELATED, tr("Связанные документы"), ("Ctrl+Shift+R",), CONTEXT, Icon.TREE),
        ActionSpec(RELOAD, tr("Прочитать документ заново"), ("F5",), CONTEXT, Icon.ARROWS_CLOCKWISE),
        ActionSpec(ADD_LINE, tr("Добавить строку"), ("Ins",), CONTEXT, Icon.PLUS),
        ActionSpec(MENU, tr("Все действия с документом"), ("F10",), CONTEXT, Icon.DOTS),
        ActionSpec(FILES, tr("Файлы документа"), ("Ctrl+Shift+A",), CONTEXT, Icon.PAPERCLIP),
    )

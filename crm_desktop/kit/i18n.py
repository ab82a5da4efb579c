"""Texts of the interface: Russian in the source, other languages by Qt translation files."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from crm_desktop.kit.resource_files import RESOURCES

RUSSIAN = "ru"
LOCALES = {RUSSIAN: "ru_RU", "en": "en_GB"}


def tr(text: str, count: int = -1) -> str:
    """The text in the language of the interface; `%n` takes `count` with its plural form.

    One context for the whole client: `pyside6-lupdate` finds a bare `tr("…")`, so pass a literal.
    """
    return QCoreApplication.translate("", text, None, count)


def install(app: QCoreApplication, language: str = RUSSIAN) -> None:
    """The language of our texts and of Qt's own (menus of fields, the calendar). Before the first window."""
    QLocale.setDefault(QLocale(LOCALES.get(language, language)))
    places = (
        (f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (f"okno_{language}", str(RESOURCES / "i18n")),
    )
    for name, folder in places:
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)

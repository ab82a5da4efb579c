"""`crm-desktop`: the command line of the client."""

import argparse
import gc
import logging
import sys
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication

from crm_contract import VERSION
from crm_desktop.kit import i18n


def main() -> int:
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line per request is the server's business
    qapp = QApplication(sys.argv[:1])
    i18n.install(qapp, arguments.language)
    if arguments.terminal:
        return _run_terminal(qapp, arguments)
    # After the language: modules of features name their actions while they are imported.
    from crm_desktop.app import Client, Options

    token = arguments.token_file.read_text("utf-8").strip() if arguments.token_file else ""
    client = Client(qapp, Options(arguments.server, arguments.login, token))
    client.start()
    gc.collect()
    gc.freeze()  # what the imports made lives as long as the program: looking through it again takes 60 ms each time
    return qapp.exec()


def _run_terminal(qapp: QApplication, arguments: argparse.Namespace) -> int:
    """The stock terminal instead of the office's windows: the whole screen, a badge instead of a password."""
    from crm_desktop.kit.settings import APPLICATION, ORGANIZATION, Settings
    from crm_desktop.kit.theme import Theme, ThemeMode
    from crm_desktop.shell.login import DEFAULT_SERVER
    from crm_desktop.terminal.program import Terminal

    qapp.setOrganizationName(ORGANIZATION)
    qapp.setApplicationName(APPLICATION)
    settings = Settings()
    Theme(qapp, ThemeMode(settings.get("theme", ThemeMode.LIGHT)))
    server = arguments.server or settings.get("login/server") or DEFAULT_SERVER
    token = arguments.token_file.read_text("utf-8").strip() if arguments.token_file else ""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
    terminal = Terminal(qapp, server, folder / "terminal", token)
    terminal.start()
    return qapp.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("crm-desktop", description="Окно CRM, the client")
    parser.add_argument("--server", default="", help="address of the server, http://host:port")
    parser.add_argument("--login", default="", help="name to log in with")
    parser.add_argument("--token-file", type=Path, help="a file with a session's token: opens without the log-in")
    parser.add_argument("--language", default=i18n.RUSSIAN, choices=sorted(i18n.LOCALES))
    parser.add_argument("--terminal", action="store_true", help="the stock terminal: full screen, scanner, badge")
    parser.add_argument("--version", action="version", version=VERSION)
    return parser


if __name__ == "__main__":
    sys.exit(main())

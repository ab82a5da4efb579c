"""The program as a process of its own, for the test that kills it: opens a card, types into it, waits."""

import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from crm_desktop.app import Client, Options
from crm_desktop.kit.settings import Settings
from crm_desktop.parties.card import PartyPage
from tests.desktop.keyboard import type_text


def main(url: str, token: str, folder: str, ini: str, party: str, text: str) -> None:
    app = QApplication([])
    settings = Settings(store=QSettings(ini, QSettings.Format.IniFormat))
    client = Client(app, Options(server=url, token=token), settings, Path(folder))
    client.start()
    clock = QTimer(interval=50)

    def work() -> None:
        if client.window is None:
            return
        page = client.window.deck.current()
        if not isinstance(page, PartyPage):
            client.window.app.navigator.open("party", int(party))
        elif page.card is not None:
            clock.stop()
            field = page.content.form.field("segment")
            field.set_value("")
            field.setFocus()
            type_text(field.focusProxy() or field, text)
            sys.stdout.write("typed\n")
            sys.stdout.flush()

    clock.timeout.connect(work)
    clock.start()
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Every icon that the client or the contract names is in the font."""

from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from crm_contract.documents import KINDS
from crm_desktop.kit.icons import SUBSTITUTES, Icon, icon, is_known


def test_names_of_the_client() -> None:
    assert [name for name in Icon if not is_known(name)] == []


def test_names_of_the_contract() -> None:
    names = {kind.icon for kind in KINDS.values()}
    names |= {action.icon for kind in KINDS.values() for action in kind.workflow.actions if action.icon}
    assert sorted(name for name in names if not is_known(name)) == []


def test_substitutes_stand_in_for_something_missing_by_something_there() -> None:
    assert [name for name in SUBSTITUTES if not is_known(name)] == []


def test_an_icon_has_ink_at_every_size(qtbot: QtBot) -> None:
    for size in (12, 16, 20, 48):
        image = icon(Icon.PRINTER, "accent").pixmap(QSize(size, size)).toImage()
        inked = sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))
        assert inked > size


def test_icons_are_cached(qtbot: QtBot) -> None:
    assert icon(Icon.PLUS) is icon(Icon.PLUS)


def test_the_icon_library_is_not_imported() -> None:
    import subprocess
    import sys

    code = "import crm_desktop.widgets.paged_table, sys; print('qtawesome' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"

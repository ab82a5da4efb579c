"""Texts: every Russian literal on the screen goes through tr(); Qt's own texts are Russian too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

import crm_desktop
from crm_desktop.kit import i18n
from crm_desktop.kit.i18n import tr

FOLDER = Path(crm_desktop.__file__).parent
#: Words that are input, keys of a keyboard or file names, not texts of the interface.
NOT_TEXTS = {"typed_input.py", "shortcuts.py", "resource_files.py"}
#: The name of the product, and letters that are compared, not shown.
NOT_SHOWN = {"Окно CRM", "йцукенгшщзхъфывапролджэячсмитьбю", "а", "я", "е", "ё", "х"}
#: The paper is Russian by law, whatever the language of the interface.
FEATURES = sorted(path.name for path in FOLDER.iterdir()
                  if path.is_dir() and path.name not in ("rendering", "__pycache__"))
CYRILLIC = re.compile("[А-Яа-яЁё]")


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Lines and strings with Cyrillic letters that are neither docstrings nor arguments of tr()."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
            skipped |= {id(child) for child in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped \
                and CYRILLIC.search(node.value):
            yield node.lineno, node.value


@pytest.mark.parametrize("folder", FEATURES)
def test_every_text_can_be_translated(folder: str) -> None:
    found = [
        f"{path.name}:{line} {text}"
        for path in sorted((FOLDER / folder).glob("*.py")) if path.name not in NOT_TEXTS
        for line, text in literals(ast.parse(path.read_text("utf-8"))) if text not in NOT_SHOWN
    ]
    assert found == []


def test_a_text_without_a_translation_is_itself(qapp: QApplication) -> None:
    assert tr("Записать") == "Записать"


def test_qt_speaks_russian_too(qapp: QApplication) -> None:
    i18n.install(qapp)
    assert QLocale().name() == "ru_RU"
    assert CYRILLIC.search(QCoreApplication.translate("QLineEdit", "&Copy"))

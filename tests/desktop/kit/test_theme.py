"""Theme: one style sheet from the tokens, switched live, without rules that slow the item views down."""

import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.resource_files import resource
from crm_desktop.kit.theme import Theme, ThemeMode, color, style_sheet
from crm_desktop.kit.tokens import DARK, LIGHT, Tokens


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_every_name_of_the_style_sheet_is_known(colors: Tokens) -> None:
    assert "$" not in style_sheet(colors)


def test_no_border_or_background_on_item_views() -> None:
    text = re.sub(r"/\*.*?\*/", "", resource("styles", "app.qss").read_text("utf-8"), flags=re.S)
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", text)
    assert rules
    for selectors, body in rules:
        for selector in selectors.split(","):
            last = selector.strip().split()[-1] if selector.strip() else ""
            if re.match(r"Q(Table|Tree|List)(View|Widget)\b(?!::)", last):
                assert not re.search(r"\b(border|background)", body), selector


@pytest.mark.parametrize(("folder", "colors"), [("light", LIGHT), ("dark", DARK)])
def test_control_images_are_in_the_colours_of_their_theme(folder: str, colors: Tokens) -> None:
    known = {colors.muted, colors.disabled, colors.on_accent, colors.accent}
    names = re.findall(r"\$images/([\w-]+\.svg)", resource("styles", "app.qss").read_text("utf-8"))
    assert names
    for name in set(names):
        used = set(re.findall(r'="(#[0-9A-F]{6})"', resource("icons", folder, name).read_text("utf-8")))
        assert used <= known, name


def test_switching_changes_open_windows(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    label = QLabel("текст")
    qtbot.addWidget(label)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(ThemeMode.DARK)
    assert theme.is_dark
    assert color("surface") == QColor(DARK.surface)
    assert label.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    theme.set_mode(ThemeMode.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Base).name().upper() == LIGHT.surface


def test_system_mode_follows_the_system(theme: Theme, qtbot: QtBot) -> None:
    theme.set_mode(ThemeMode.SYSTEM)
    assert theme.mode is ThemeMode.SYSTEM
    theme.set_mode(ThemeMode.LIGHT)


def test_font_scale_reaches_open_widgets(theme: Theme, qtbot: QtBot) -> None:
    label = QLabel("текст")
    qtbot.addWidget(label)
    fonts.set_role(label, FontRole.SECTION)
    before = label.fontMetrics().height()
    theme.set_font_scale(1.25)
    try:
        assert label.font().pixelSize() == round(15 * 1.25)
        assert label.fontMetrics().height() > before
    finally:
        theme.set_font_scale(1.0)


def test_weights_come_from_the_axis(theme: Theme, qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontMetricsF

    light, heavy = (QFontMetricsF(fonts.font(role)).horizontalAdvance("Проведено 1 234,56") for role in (
        FontRole.BODY, FontRole.STRONG))
    assert heavy > light


def test_digits_are_tabular(theme: Theme, qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(fonts.font(FontRole.BODY, tabular=True))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    words = QFontMetricsF(fonts.font(FontRole.BODY))
    assert words.horizontalAdvance("-") < words.horizontalAdvance("8")

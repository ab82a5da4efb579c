"""Fonts by role. One place, because the weights of the variable face come from an axis, not from QSS or setWeight."""

from enum import Enum
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget

FAMILY = "Inter"
_ROLE_PROPERTY = "fontRole"
_TABULAR = "+tabular"  # follows the name of the role in the property
_scale = 1.0


class FontRole(Enum):
    """(pixels at 100 %, weight)."""

    KEY = (11, 400)
    KEY_STRONG = (11, 500)
    CAPTION = (12, 400)
    CAPTION_MEDIUM = (12, 500)
    CAPTION_STRONG = (12, 600)
    BODY = (13, 400)
    MEDIUM = (13, 500)
    STRONG = (13, 600)
    SECTION = (15, 600)
    TITLE = (20, 600)
    FIGURE = (24, 600)
    FIGURE_LARGE = (28, 600)
    # The stock terminal: read at two metres.
    TERMINAL = (20, 400)
    TERMINAL_ITEM = (22, 500)
    TERMINAL_STRONG = (22, 600)
    TERMINAL_TITLE = (26, 600)
    TERMINAL_LARGE = (30, 600)
    TERMINAL_FIGURE = (46, 600)


def install(app: QApplication) -> None:
    """Loads the shipped face and makes the body role the default font. Idempotent."""
    if FAMILY not in QFontDatabase.families():
        import fontpkg_inter

        for name in ("Inter[opsz,wght].ttf", "Inter-Italic[opsz,wght].ttf"):
            QFontDatabase.addApplicationFont(str(Path(fontpkg_inter.ROOT) / "files" / name))
    app.setFont(font(FontRole.BODY))


def font(role: FontRole, *, tabular: bool = False) -> QFont:
    """The font of a role at the current scale; the caller may change its copy.

    `tabular` gives all digits one width, for numbers below each other. It widens the hyphen to a digit as well, so
    words («КЭ-15») go without it.
    """
    return QFont(_font(role, _scale, tabular))


@cache
def _font(role: FontRole, scale: float, tabular: bool) -> QFont:
    pixels, weight = role.value
    size = round(pixels * scale)
    made = QFont(FAMILY)
    made.setPixelSize(size)
    # An ordinary weight too, for a system where the variable face could not be loaded.
    made.setWeight(QFont.Weight(weight))
    made.setVariableAxis(QFont.Tag("wght"), float(weight))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.0 if size >= 18 else 98.6)
    return made


def scale() -> float:
    return _scale


def px(value: int) -> int:
    """A size that has to grow with the text (heights of rows and controls), at the current font scale."""
    return round(value * max(1.0, _scale))


def set_role(widget: QWidget, role: FontRole, *, tabular: bool = False) -> None:
    """Gives a widget the font of a role and remembers it, so that a change of scale reaches the widget."""
    widget.setProperty(_ROLE_PROPERTY, role.name + _TABULAR if tabular else role.name)
    widget.setFont(_font(role, _scale, tabular))


def set_scale(app: QApplication, value: float) -> None:
    """Changes the size of all texts (1.0 = 100 %) at once, open windows included."""
    global _scale  # noqa: PLW0603  one process has one font scale, like its palette
    _scale = min(2.0, max(0.8, value))
    app.setFont(font(FontRole.BODY))
    for widget in app.allWidgets():
        role = widget.property(_ROLE_PROPERTY)
        if isinstance(role, str):
            widget.setFont(font(FontRole[role.removesuffix(_TABULAR)], tabular=role.endswith(_TABULAR)))
            widget.updateGeometry()

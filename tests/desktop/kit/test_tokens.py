"""Both themes are readable: WCAG contrast of every pair that the widgets use."""

import pytest

from crm_contract.lists import Tone
from crm_desktop.kit.tokens import DARK, LIGHT, Tokens, contrast

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


@THEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_pills_are_readable(colors: Tokens, tone: Tone) -> None:
    value = colors.tone(tone)
    assert contrast(value.text, value.fill) >= 4.5


@THEMES
@pytest.mark.parametrize(("ink", "ground"), [
    *((ink, ground) for ink in ("text", "muted") for ground in ("window", "surface", "sunken", "hover", "soft")),
    ("accent", "surface"), ("accent", "window"), ("accent", "soft"), ("on_accent", "accent"),
    ("on_accent", "accent_hover"), ("on_toast", "toast"), ("toast_muted", "toast"), ("toast_accent", "toast"),
    ("error", "surface"), ("ok", "surface"), ("warn", "surface"), ("faint", "surface"), ("text", "error.fill"),
    ("text", "warn.fill"),
])
def test_texts_are_readable_on_their_grounds(colors: Tokens, ink: str, ground: str) -> None:
    assert contrast(colors.color(ink), colors.color(ground)) >= 4.5


@THEMES
@pytest.mark.parametrize(("line", "ground"), [("ctrl", "surface"), ("accent", "surface"), ("accent", "window"),
                                              ("error", "surface")])
def test_borders_of_inputs_and_focus_are_visible(colors: Tokens, line: str, ground: str) -> None:
    assert contrast(colors.color(line), colors.color(ground)) >= 3.0


def test_contrast_of_black_and_white() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 1) == 21.0

"""Word styles of the printed forms and the XML pieces python-docx has no call for."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from crm_desktop.rendering.tree import STYLES, Align, Run, Style, Text, TextStyle, printable

Element = Any  # lxml's own elements; python-docx gives them no useful types

FONT = "Arial"  # on every Windows; Liberation Sans stands in for it elsewhere with the same widths
CELL_STYLE = "Table Text"
_NARROWER = 0.95  # Arial is wider than the PT Sans that the sizes are meant for

STYLE_NAMES = {
    Style.TITLE: "Title",
    Style.SUBTITLE: "Subtitle",
    Style.BRAND: "Brand",
    Style.HEADING: "Heading 1",
    Style.BODY: "Normal",
    Style.CLAUSE: "Body Text",
    Style.STRONG: "Strong Text",
    Style.SMALL: "Small Text",
    Style.CAPTION: "Caption",
}
ALIGNMENTS = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    Align.JUSTIFY: WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def half_points(size: float) -> int:
    """A size of the tree in Word's unit, for the wider face."""
    return round(size * _NARROWER * 2)


def prepare_styles(document: WordDocument) -> None:
    _set_style(_style(document, "Normal"), STYLES[Style.BODY])
    for role, name in STYLE_NAMES.items():
        _set_style(_style(document, name), STYLES[role])
    _set_style(_style(document, CELL_STYLE), TextStyle(STYLES[Style.BODY].size))
    header = _style(document, "Header")
    _set_style(header, STYLES[Style.SMALL])
    header.paragraph_format.tab_stops.clear_all()
    child(_style(document, "Normal").element.get_or_add_rPr(), "w:lang", val="ru-RU")
    _speak_modern_word(document)


def _speak_modern_word(document: WordDocument) -> None:
    """Mode 15: no «compatibility mode» in the title of Word, and tables begin at the margin, not left of it."""
    compat = document.settings.element.find(qn("w:compat"))
    assert compat is not None, "the template of python-docx has it"
    for old in compat.findall(qn("w:compatSetting")):
        if old.get(qn("w:name")) == "compatibilityMode":
            compat.remove(old)
    child(compat, "w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val="15")


def _style(document: WordDocument, name: str) -> ParagraphStyle:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    return style


def _set_style(style: ParagraphStyle, look: TextStyle) -> None:
    font, paragraph = style.font, style.paragraph_format
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    properties.insert(0, fonts)
    for spacing in properties.findall(qn("w:spacing")) + properties.findall(qn("w:kern")):
        properties.remove(spacing)
    font.size = Pt(half_points(look.size) / 2)
    font.bold, font.italic = look.bold, False
    font.color.rgb = RGBColor.from_string(look.colour)
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing = 1.0
    paragraph.alignment = ALIGNMENTS[look.align]
    paragraph.keep_with_next = look.keep_next


# --- pieces of XML ----------------------------------------------------------------------------------------------

def child(parent: Element, tag: str, **attributes: str) -> Element:
    """Appends `<tag w:name="value" …/>`."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


def append_text(paragraph: Element, text: Text, bold: bool | None = None, size: float = 0, colour: str = "") -> None:
    """Runs of plain text; `bold`, `size` and `colour` hold where a run does not say otherwise."""
    runs: Sequence[Run] = (Run(text),) if isinstance(text, str) else text
    for run in runs:
        element = child(paragraph, "w:r")
        run_bold = bold if run.bold is None else run.bold
        if run_bold is not None or run.size or size or run.colour or colour:
            properties = child(element, "w:rPr")
            if run_bold is not None:
                child(properties, "w:b", val="1" if run_bold else "0")
            if run.colour or colour:
                child(properties, "w:color", val=run.colour or colour)
            if run.size or size:
                child(properties, "w:sz", val=str(half_points(run.size or size)))
        element.text = printable(run.text)


def append_field(paragraph: Element, code: str, size: float = 0) -> None:
    """PAGE or NUMPAGES; Word and LibreOffice compute it when they open the file."""
    append_text(child(paragraph, "w:fldSimple", instr=code), "1", size=size)


def append_tab(paragraph: Element) -> None:
    child(child(paragraph, "w:r"), "w:tab")

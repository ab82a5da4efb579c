"""The tree as a Word document: real tables and styles, A4, heads that repeat, fields for the page numbers.

Tables are built as XML directly: python-docx's own cells need a second for what takes milliseconds here.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm
from docx.styles.style import ParagraphStyle

from crm_desktop.rendering.docx_style import (
    STYLE_NAMES,
    Element,
    append_field,
    append_tab,
    append_text,
    child,
    prepare_styles,
)
from crm_desktop.rendering.docx_table import JUSTIFICATION, twips, word_table
from crm_desktop.rendering.qr import QUIET_MODULES, qr_code
from crm_desktop.rendering.tree import (
    Block,
    Code,
    Columns,
    KeepTogether,
    PageBreak,
    Paragraph,
    Rule,
    Sheet,
    Spacer,
    Table,
    printable,
)


def write_docx(sheet: Sheet) -> bytes:
    document = Document()
    prepare_styles(document)
    _set_page(document, sheet)
    _set_properties(document, sheet)
    body = document.element.body
    end = body.sectPr
    _Writer(document).write(body, sheet.blocks)
    body.append(end)  # the section's own description stays last
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def _set_page(document: WordDocument, sheet: Sheet) -> None:
    section = document.sections[0]
    width, height = sheet.size
    section.orientation = WD_ORIENT.LANDSCAPE if sheet.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    margins = sheet.margins
    section.left_margin, section.right_margin = Mm(margins.left), Mm(margins.right)
    section.top_margin, section.bottom_margin = Mm(margins.top), Mm(margins.bottom)
    section.header_distance, section.footer_distance = Mm(margins.top - 5.5), Mm(4)
    section.different_first_page_header_footer = True
    header = document.styles["Header"]
    assert isinstance(header, ParagraphStyle)
    header.paragraph_format.tab_stops.add_tab_stop(Mm(sheet.width), WD_TAB_ALIGNMENT.RIGHT)
    first = section.first_page_header.paragraphs[0]
    first.style = header
    if sheet.is_draft:
        append_tab(first._p)
        append_text(first._p, "Черновик", bold=True)
    following = section.header.paragraphs[0]
    append_text(following._p, sheet.running)
    append_tab(following._p)
    append_text(following._p, "Черновик   Лист " if sheet.is_draft else "Лист ")
    append_field(following._p, "PAGE")
    append_text(following._p, " из ")
    append_field(following._p, "NUMPAGES")


def _set_properties(document: WordDocument, sheet: Sheet) -> None:
    properties = document.core_properties
    properties.title = printable(sheet.title)[:255]
    properties.author = properties.last_modified_by = printable(sheet.author)[:255]
    properties.comments = ""
    properties.language = "ru-RU"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)


class _Writer:
    """Appends blocks to the body of the document or to a cell."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document

    def write(self, container: Element, blocks: Sequence[Block], keep: bool = False) -> None:
        """`keep` holds every block on the page of the next one."""
        for index, block in enumerate(blocks):
            last = index == len(blocks) - 1
            self._write_block(container, block, keep and not last)
        if container[-1].tag.endswith("}tbl"):
            _append_gap(container, 0.3)  # Word wants a paragraph after a table

    def _write_block(self, container: Element, block: Block, keep: bool) -> None:
        match block:
            case Paragraph():
                _append_paragraph(container, block, keep)
            case Table():
                self._append_table(container, word_table(block, keep))
            case Code():
                self._append_code(container, block)
            case Spacer():
                _append_gap(container, block.height, keep)
            case Rule():
                _append_rule(container, block)
            case PageBreak():
                child(child(child(container, "w:p"), "w:r"), "w:br", type="page")
            case KeepTogether():
                self.write(container, block.blocks, keep=True)
            case Columns():
                self._append_columns(container, block)

    def _append_table(self, container: Element, table: Element) -> None:
        if len(container) and container[-1].tag.endswith("}tbl"):
            _append_gap(container, 0.3)  # else Word joins the two
        container.append(table)

    def _append_columns(self, container: Element, block: Columns) -> None:
        table = OxmlElement("w:tbl")
        properties = child(table, "w:tblPr")
        child(properties, "w:tblW", w="0", type="auto")
        child(properties, "w:tblLayout", type="fixed")
        margins = child(properties, "w:tblCellMar")
        for side in ("left", "right"):
            child(margins, f"w:{side}", w="0", type="dxa")
        grid, row = child(table, "w:tblGrid"), child(table, "w:tr")
        child(child(row, "w:trPr"), "w:cantSplit")
        for index, (width, blocks) in enumerate(zip(block.widths, block.columns, strict=True)):
            cells: list[tuple[float, Sequence[Block]]] = [(width, blocks)]
            if index:
                cells.insert(0, (block.gap, (Spacer(1),)))
            for cell_width, content in cells:
                child(grid, "w:gridCol", w=twips(cell_width))
                cell = child(row, "w:tc")
                child(child(cell, "w:tcPr"), "w:tcW", w=twips(cell_width), type="dxa")
                self.write(cell, content)
        self._append_table(container, table)

    def _append_code(self, container: Element, block: Code) -> None:
        picture = BytesIO()
        qr_code(block.payload).save(picture, kind="png", scale=8, border=QUIET_MODULES)
        picture.seek(0)
        paragraph = child(container, "w:p")
        child(child(paragraph, "w:pPr"), "w:jc", val=JUSTIFICATION[block.align])
        run = child(paragraph, "w:r")
        size = Mm(block.size)
        run.add_drawing(self._document.part.new_pic_inline(picture, size, size))


def _append_paragraph(container: Element, block: Paragraph, keep: bool) -> None:
    paragraph = child(container, "w:p")
    properties = child(paragraph, "w:pPr")
    child(properties, "w:pStyle", val=STYLE_NAMES[block.style].replace(" ", ""))
    if keep:
        child(properties, "w:keepNext")
    if block.indent:
        indent = twips(block.indent)
        if block.label:
            child(child(properties, "w:tabs"), "w:tab", val="left", pos=indent)
        child(properties, "w:ind", left=indent, **({"hanging": indent} if block.label else {}))
    if block.align is not None:
        child(properties, "w:jc", val=JUSTIFICATION[block.align])
    if block.label:
        append_text(paragraph, block.label)
        append_tab(paragraph)
    append_text(paragraph, block.text)


def _append_gap(container: Element, height: float, keep: bool = False) -> None:
    """An empty line of an exact height, mm."""
    properties = child(child(container, "w:p"), "w:pPr")
    if keep:
        child(properties, "w:keepNext")
    child(properties, "w:spacing", before="0", after="0", line=twips(height), lineRule="exact")
    child(child(properties, "w:rPr"), "w:sz", val="2")


def _append_rule(container: Element, block: Rule) -> None:
    properties = child(child(container, "w:p"), "w:pPr")
    border = child(properties, "w:pBdr")
    child(border, "w:bottom", val="single", sz=str(round(block.thickness * 8)), space="1", color=block.colour)
    child(properties, "w:spacing", before=twips(block.before), after=twips(block.after), line="40", lineRule="exact")
    child(child(properties, "w:rPr"), "w:sz", val="2")

"""The chain of a document: stage meter, strip of cards, the tree of everything related."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from crm_contract.documents import ChainNode, DocumentRead, StageRead, kind_of
from crm_contract.kinds import DocumentKind
from crm_desktop.documents.rows_tree import RowsTree
from crm_desktop.kit import formatting, icons
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.chain_strip import ChainItem
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.stage_meter import Stage

#: Opens a document: kind, id.
Open = Callable[[str, int], object]


def stages(found: Sequence[StageRead], document_id: int) -> list[Stage]:
    """Cells of the meter; a cell opens its document, not the one that is open already."""
    return [Stage(stage.title, stage.status, stage.text,
                  (stage.kind, stage.document_id) if stage.document_id not in (None, document_id) else None)
            for stage in found]


def chain_items(document: DocumentRead, missing: Sequence[DocumentKind]) -> list[ChainItem]:
    """Cards of the strip; `missing` are kinds that may come next (one is shown, the menu has the rest)."""
    items = [_card(node, document.id) for node in document.chain if node.visible]
    items += [ChainItem(kind.short, key=kind.code, is_missing=True) for kind in missing[:1]]
    return items


def _card(node: ChainNode, open_id: int) -> ChainItem:
    """A number with a prefix tells its kind, so it is enough where room is short."""
    kind = kind_of(node.kind)
    return ChainItem(name_of(kind, node.number), node.state_title, node.tone, (node.kind, node.id),
                     is_current=node.id == open_id, brief=node.number if kind.numbering.prefix else "")


def name_of(kind: DocumentKind, number: str) -> str:
    """The kind alone before there is a number."""
    return kind.named(number) if number else kind.short


def tree_order(chain: Sequence[ChainNode]) -> list[tuple[ChainNode, int | None]]:
    """Each visible node with the id of the node it hangs on (its first basis that is in the chain)."""
    known = {node.id for node in chain if node.visible}
    return [(node, next((basis for basis in node.basis_ids if basis in known and basis != node.id), None))
            for node in chain if node.visible]


class RelatedDialog(Dialog):
    """Everything related as a tree; Enter or a double click opens."""

    def __init__(self, parent: QWidget, document: DocumentRead, open_document: Open) -> None:
        super().__init__(parent, tr("Связанные документы"), width=720)
        self._open = open_document
        self.tree = RowsTree((tr("Документ"), tr("Дата"), tr("Состояние"), tr("Сумма, ₽")), (104, 160, 130),
                             tr("Связанные документы"))
        self.tree.headerItem().setTextAlignment(3, Qt.AlignmentFlag.AlignRight)
        self._fill(document)
        self.tree.itemActivated.connect(self._activate)
        self.add(self.tree.framed())
        self.add_button(tr("Закрыть"))
        self.add_button(tr("Открыть"), self._open_current, ButtonKind.PRIMARY)
        self.resize(760, 420)
        self.tree.setFocus()

    def _fill(self, document: DocumentRead) -> None:
        items: dict[int, QTreeWidgetItem] = {}
        for node, basis in tree_order(document.chain):
            kind = kind_of(node.kind)
            texts = [f"{kind.title} {node.number}", formatting.day(node.date) if node.date else "", node.state_title,
                     formatting.money(node.gross)]
            above = items.get(basis) if basis is not None else None
            item = QTreeWidgetItem(above or self.tree.invisibleRootItem(), texts)
            item.setIcon(0, icons.icon(kind.icon))
            item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, Qt.ItemDataRole.UserRole, (node.kind, node.id))
            items[node.id] = item
        self.tree.expandAll()
        if document.id in items:
            self.tree.setCurrentItem(items[document.id])

    def _activate(self, item: QTreeWidgetItem) -> None:
        kind, document_id = item.data(0, Qt.ItemDataRole.UserRole)
        self.accept()
        self._open(kind, document_id)

    def _open_current(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._activate(item)

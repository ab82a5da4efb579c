"""«На основании»: which documents can be made from this one or from those that came of it.

The menu of an offer serves the whole sale: after the contract is signed it makes the invoice from the contract, then
the shipment from the invoice. So the chain is walked from one tab by Alt+O and a letter per step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from crm_contract.documents import KINDS, ChainNode, DocumentRead, can_follow, kind_of
from crm_contract.kinds import Action, DocumentKind
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.menu import Menu


@dataclass(frozen=True, slots=True)
class Following:
    """A kind that can be made, from `source_id`. `source` names the basis where it is not the open document.

    `at_once` is the action that the person may run together with the making.
    """

    kind: DocumentKind
    source_id: int
    source: str = ""
    why_not: str = ""
    at_once: Action | None = None

    @property
    def title(self) -> str:
        return f"{self.kind.title} · {self.source}" if self.source else self.kind.title


def followings(document: DocumentRead, can: Callable[[str], bool]) -> list[Following]:
    """One entry per kind, in the order of menus; the basis nearest to the goods wins."""
    found: dict[str, Following] = {}
    for node in (_own_node(document), *descendants(document)):
        is_own = node.id == document.id
        for kind in can_follow(node.kind):
            if not can(kind.permission("edit")):
                continue
            allowed = kind.code in document.based_on if is_own else _may_follow(kind, node)
            if allowed:
                source = "" if is_own else f"{kind_of(node.kind).short} {node.number}"
                action = kind.workflow.at_once
                may = action is not None and can(kind.permission(action.permission or action.code))
                found[kind.code] = Following(kind, node.id, source, at_once=action if may else None)
            elif is_own:
                found[kind.code] = Following(kind, node.id, why_not=_why_not(kind, document))
    return [found[code] for code in KINDS if code in found]


def descendants(document: DocumentRead) -> list[ChainNode]:
    """What came of the document, nearest first, without the annulled ones."""
    reached, found = {document.id}, []
    pending = sorted(document.chain, key=lambda node: node.id)
    grown = True
    while grown:
        grown = False
        for node in pending:
            if node.id not in reached and reached.intersection(node.basis_ids):
                reached.add(node.id)
                grown = True
                if node.visible and node.state != "annulled":
                    found.append(node)
    return found


def missing(document: DocumentRead, offers: Iterable[Following]) -> list[DocumentKind]:
    """Kinds that may come next and are not in the chain yet: dashed cards of the strip."""
    present = {node.kind for node in document.chain if node.state != "annulled"}
    return [offer.kind for offer in offers if not offer.why_not and offer.kind.code not in present]


def open_menu(anchor: QWidget, offers: Iterable[Following], run: Callable[[Following, str], object]) -> Menu:
    """Each item runs by its letter, in either keyboard layout; with Shift the document is posted in the same go.

    `run` takes the code of the action that follows the making, or nothing.
    """
    menu, offers = Menu(anchor), list(offers)
    for offer in offers:
        menu.add(offer.title, lambda chosen=offer: run(chosen, ""), icon=offer.kind.icon, key=offer.kind.letter,
                 why_not=offer.why_not)
    at_once = [(offer, offer.at_once) for offer in offers if offer.at_once is not None]
    if at_once:
        menu.addSeparator()
    for offer, action in at_once:
        title = tr("{action} сразу: {document}").format(action=action.title, document=offer.title)
        menu.add(title, lambda chosen=offer, code=action.code: run(chosen, code), icon=action.icon,
                 key=f"Shift+{offer.kind.letter}")
    if menu.isEmpty():
        menu.add(tr("Из этого документа создавать нечего"), why_not=tr("Следующих документов нет"))
    menu.open_below(anchor)
    return menu


def _own_node(document: DocumentRead) -> ChainNode:
    own = next((node for node in document.chain if node.id == document.id), None)
    if own is not None:
        return own
    state = kind_of(document.kind).workflow.state(document.state)
    return ChainNode(id=document.id, kind=document.kind, number=document.number, date=document.date,
                     state=document.state, state_title=state.title, tone=state.tone, gross=document.gross,
                     basis_ids=[])


def _may_follow(kind: DocumentKind, node: ChainNode) -> bool:
    return any(rule.source == node.kind and (not rule.states or node.state in rule.states) for rule in kind.based_on)


def _why_not(kind: DocumentKind, document: DocumentRead) -> str:
    """The states that allow it, in words."""
    source = kind_of(document.kind)
    rule = next(rule for rule in kind.based_on if rule.source == document.kind)
    states = [source.workflow.state(code).title for code in rule.states]
    return tr("Можно, когда состояние: {states}").format(states=", ".join(f"«{state}»" for state in states))

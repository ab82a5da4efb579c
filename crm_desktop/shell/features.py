"""The features of the client, in the order of the rail. Adding one is one line here."""

from collections.abc import Sequence
from dataclasses import replace

from crm_contract.documents import KINDS
from crm_desktop.catalog.feature import FEATURE as CATALOG
from crm_desktop.documents.feature import FEATURE as DOCUMENTS
from crm_desktop.exchange.feature import FEATURE as EXCHANGE
from crm_desktop.home.feature import FEATURE as HOME
from crm_desktop.journal.feature import FEATURE as JOURNAL
from crm_desktop.kit.feature import Command, Feature, NavItem
from crm_desktop.kit.session import Session
from crm_desktop.lists.page import SHORTCUTS as LIST_SHORTCUTS
from crm_desktop.parties.feature import FEATURE as PARTIES
from crm_desktop.purchases.feature import FEATURE as PURCHASES
from crm_desktop.purchases.feature import INCOMING_UPD
from crm_desktop.records.page import SHORTCUTS as RECORD_SHORTCUTS
from crm_desktop.settings.feature import FEATURE as SETTINGS
from crm_desktop.stock.feature import FEATURE as STOCK

FEATURES: Sequence[Feature] = (
    HOME, PARTIES, JOURNAL, DOCUMENTS, CATALOG, STOCK, PURCHASES, INCOMING_UPD, SETTINGS, EXCHANGE,
    Feature("lists", shortcuts=(*LIST_SHORTCUTS, *RECORD_SHORTCUTS)),
)


def nav_items(session: Session) -> list[NavItem]:
    """The sections this person may see, in order; a group stays only with somebody in it, and who has no group that
    the person sees stands alone."""
    items = sorted((item for feature in FEATURES for item in feature.nav if allowed(session, item.permission)),
                   key=lambda item: (item.order, bool(item.parent)))
    groups = {item.parent for feature in FEATURES for item in feature.nav if item.parent}
    filled = {item.parent for item in items if item.parent}
    shown = [item for item in items if item.entity not in groups or item.permission or item.entity in filled]
    entities = {item.entity for item in shown}
    return [item if item.parent in entities else replace(item, parent="") for item in shown]


def section_of(entity: str) -> str:
    """The section of the rail that a page belongs to: its own, else the first one of the feature that made it."""
    if entity in KINDS:
        return f"list:{entity}"
    sections = next(([item.entity for item in feature.nav] for feature in FEATURES if entity in feature.pages), [])
    return sections[0] if sections and entity not in sections else entity


def commands(session: Session) -> list[Command]:
    return [command for feature in FEATURES for command in feature.commands if allowed(session, command.permission)]


def allowed(session: Session, permission: str) -> bool:
    return not permission or session.can(permission)

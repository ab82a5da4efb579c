"""The documents feature: an editor for every declared kind."""

from collections.abc import Mapping
from typing import Any

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_desktop.documents import shortcuts
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.kit.feature import AppContext, Command, Feature
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page

#: Kinds whose editor has more on it, made by the feature of their domain.
OWN_PAGES = frozenset({"stocktaking"})


def open_document(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    """`params`: `party_id` fills the party of a new document, `draft` is the key of a kept draft."""
    return DocumentEditor(app, entity, id, params)


def _new(kind: DocumentKind) -> Command:
    return Command(
        tr("Создать: {kind}").format(kind=kind.title), kind.icon, lambda app: app.navigator.open(kind.code),
        permission=kind.permission("edit"), section=tr("Документы"))


FEATURE = Feature(
    "documents", pages={code: open_document for code in KINDS if code not in OWN_PAGES},
    commands=tuple(_new(kind) for kind in KINDS.values()),
    shortcuts=shortcuts.specs())

"""Own organisations: the parties that documents are made for, with their requisites, under the settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_contract.parties import PARTY_LIST
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row
from crm_desktop.settings.frame import SettingsFrame


def open_organizations(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    def open_row(app: AppContext, row: Row) -> None:
        app.navigator.open("party", row["id"])

    def create(app: AppContext) -> None:
        app.navigator.open("party", None, is_own=True)

    spec = replace(PARTY_LIST, title=tr("Свои организации"))
    profile = ListProfile(spec, frozenset({"party"}), open_row, create, Permission.PARTY_EDIT)
    return SettingsFrame(app, ListPage(app, profile, {"preset": "own", **params}), entity, at=entity)

"""Routes of the company's settings."""

from crm_contract.permissions import Permission
from crm_contract.settings import SettingRead, SettingsBody
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.settings import queries, service

router = Router("/api", "settings")


@router.get("/settings", permission=Permission.SETTINGS_VIEW)
def list_settings(ctx: Ctx) -> list[SettingRead]:
    """All settings of the company."""
    return queries.list_settings(ctx)


@router.put("/settings", permission=Permission.SETTINGS_EDIT)
def update_settings(ctx: Ctx, body: SettingsBody) -> list[SettingRead]:
    """Change settings, all or none."""
    return service.update_settings(ctx, body)

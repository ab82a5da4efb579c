"""The command that changes settings."""

from psycopg.types.json import Jsonb

from crm_contract.settings import SettingRead, SettingsBody, setting_of
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid, stale
from crm_server.settings.queries import list_settings

_SAVE = """
INSERT INTO setting AS s (key, value, version)
SELECT r.code, r.value, r.version + 1 FROM jsonb_to_recordset(%s) AS r (code text, value jsonb, version int)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version
WHERE s.version = excluded.version - 1 RETURNING s.key
"""


def update_settings(ctx: Ctx, body: SettingsBody) -> list[SettingRead]:
    """Saves all changes or none; answers the settings as they are afterwards."""
    errors: dict[str, str] = {}
    for change in body.changes:
        setting = setting_of(change.code)
        message = setting.check(change.value) if setting else "Такой настройки нет"
        if message:
            errors[change.code] = message
    values = {change.code: change.value for change in body.changes}
    if len(values) < len(body.changes):
        errors["changes"] = "Одна настройка указана дважды"
    if errors:
        raise invalid(errors)
    before = {setting.code: setting for setting in list_settings(ctx)}
    if any(before[change.code].version != change.version for change in body.changes):
        raise stale([setting.model_dump() for setting in before.values()])
    saved = ctx.sql.all(_SAVE, (Jsonb([change.model_dump() for change in body.changes]),))
    if len(saved) < len(values):  # somebody saved between the two statements
        raise stale()
    ctx.audit("update", "setting", None, "Настройки", before={code: before[code].value for code in values},
              after=values)
    ctx.changed("setting", [0])
    return list_settings(ctx)

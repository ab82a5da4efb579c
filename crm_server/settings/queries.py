"""Settings as they are now."""

from crm_contract.settings import SETTINGS, Setting, SettingRead, Value
from crm_server.kit.context import Ctx


def value_of(ctx: Ctx, setting: Setting[Value]) -> Value:
    """The company's value, else the default: `value_of(ctx, RESERVE_DAYS)`."""
    return values_of(ctx, setting)[0]


def values_of(ctx: Ctx, *settings: Setting[Value]) -> list[Value]:
    """The values of several settings of one type, in their order."""
    stored = {row["key"]: row["value"] for row in ctx.sql.all(
        "SELECT key, value FROM setting WHERE key = ANY(%s::text[])", ([one.code for one in settings],))}
    # A value that an older version stored and that fits no more gives way to the default.
    return [stored[one.code] if one.code in stored and not one.check(stored[one.code]) else one.default
            for one in settings]


def list_settings(ctx: Ctx) -> list[SettingRead]:
    """All settings of the registry, in its order."""
    stored = {row["key"]: row for row in ctx.sql.all("SELECT key, value, version FROM setting")}
    found: list[SettingRead] = []
    for setting in SETTINGS:
        row = stored.get(setting.code)
        value = row["value"] if row and not setting.check(row["value"]) else setting.default
        found.append(SettingRead(code=setting.code, value=value, version=row["version"] if row else 0))
    return found

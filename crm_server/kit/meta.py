"""Health and version."""

from crm_contract import MIN_CLIENT_VERSION, VERSION
from crm_contract.base import Answer
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router

router = Router("/api", "meta")


class Meta(Answer):
    version: str
    min_client_version: str


@router.get("/meta", permission=Guard.PUBLIC)
def get_meta(ctx: Ctx) -> Meta:
    """Versions, asked before log-in."""
    return Meta(version=VERSION, min_client_version=MIN_CLIENT_VERSION)


@router.get("/health", permission=Guard.PUBLIC)
def get_health(ctx: Ctx) -> dict[str, str]:
    """Answers when the database does."""
    ctx.sql.value("SELECT 1")
    return {"status": "ok"}

"""Routes of figures."""

from crm_contract.dashboard import Dashboard
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.reports import dashboard

router = Router("/api", "reports")


@router.get("/dashboard", permission=Permission.DASHBOARD_VIEW)
def get_dashboard(ctx: Ctx) -> Dashboard:
    """Figures of the desktop."""
    return dashboard.get_dashboard(ctx)

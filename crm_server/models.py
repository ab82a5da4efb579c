"""All tables on one metadata: imported by Alembic, so that a migration sees every domain."""

import crm_server.access.models
import crm_server.audit.models
import crm_server.catalog.models
import crm_server.kit.models
import crm_server.parties.models  # noqa: F401

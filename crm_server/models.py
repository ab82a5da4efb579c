"""All tables on one metadata: imported by Alembic, so that a migration sees every domain."""

import crm_server.access.models
import crm_server.audit.models
import crm_server.catalog.models
import crm_server.documents.models
import crm_server.exchange.models
import crm_server.kit.models
import crm_server.mailing.models
import crm_server.parties.models
import crm_server.payments.models
import crm_server.purchases.models
import crm_server.purchases.rule_models
import crm_server.settings.models
import crm_server.stock.models
import crm_server.stock.period_models
import crm_server.stock.reserve_models
import crm_server.stock.stocktaking_models  # noqa: F401

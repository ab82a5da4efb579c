"""The connection pool of a server process."""

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool
from pydantic_core import from_json

from crm_server.config import get_settings

#: Limits of every session (reliability bar 41): a hung statement, lock wait or transaction ends by itself.
SESSION_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 "
    "-c jit=off"
)
APP_ROLE = "crm_app"

#: A lost database is tried again so long; after that the next request tries at once. Longer attempts pause for more and
#: more seconds, in which a database that is back would not be noticed.
RECONNECT_S = 2

Pool = ConnectionPool[Connection[DictRow]]

set_json_loads(from_json)  # three times quicker than the one of the standard library


def session_options() -> str:
    """Limits, the company's zone (so that `current_date` is its day) and the application's role."""
    return f"{SESSION_OPTIONS} -c timezone={get_settings().timezone} -c role={APP_ROLE}"


def open_pool(url: str, *, size: int = 10, wait_s: float = 3.0) -> Pool:
    """A pool of `size` connections as the application role, which may only insert into ledger and journal.

    A request waits at most `wait_s` for a connection, then gets a 503 (`psycopg_pool.PoolTimeout`).
    """
    return ConnectionPool(
        url, min_size=1, max_size=size, timeout=wait_s, open=True, max_waiting=size * 8,
        reconnect_timeout=RECONNECT_S,
        kwargs={"row_factory": dict_row, "options": session_options(), "application_name": "crm-server"},
        connection_class=Connection[DictRow],
    )

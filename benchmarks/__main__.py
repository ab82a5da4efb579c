"""Prints a table and writes build/bench.json. Two worker processes, N = 16 clients, fsync and synchronous_commit on."""

import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.load import Measured, run
from crm_server import demo_data
from crm_server.db.embedded import EmbeddedPostgres
from crm_server.db.migrate import migrate
from crm_server.db.pool import open_pool

CLIENTS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
#: Operations per second of the peer at N = 16 on such a machine, and how many times that is wanted.
PEER = {"card": (82, 12), "search": (20, 6), "list": (97, 6), "order": (34, 20), "receipt": (4.3, 60),
        "reserve + issue": (1.4, 100)}
TODAY = datetime.now(UTC).date().isoformat()


class Client:
    """One keep-alive connection of one logged-in person; the plain client of Python, so that the load is cheap."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, body: Any) -> Any:
        headers = {**self._headers, "Idempotency-Key": uuid.uuid4().hex}
        self._http.request("POST", path, json.dumps(body), headers)
        answer = self._http.getresponse()
        content = answer.read()
        return json.loads(content) if answer.status == 200 else None

    def get(self, path: str) -> bool:
        self._http.request("GET", path, headers=self._headers)
        answer = self._http.getresponse()
        answer.read()
        return answer.status == 200


@contextmanager
def server(url: str) -> Iterator[str]:
    """`crm-server run` with two workers on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crm_server", "run", "--port", "0", "--workers", "2"], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, env={**os.environ, "CRM_DATABASE_URL": url, "CRM_LOG_LEVEL": "ERROR"})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "listening on" not in line:
            raise RuntimeError(f"the server did not start: {line!r}")
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(20)


def prepare(url: str) -> tuple[demo_data.Company, list[int], str]:
    """The demo company, 1,000 products with plenty in stock, 20,000 customers."""
    password = secrets.token_urlsafe(12)
    with open_pool(url) as pool:
        company = demo_data.load(pool, password)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("INSERT INTO product (sku, name, search) SELECT 'B-' || n, 'Товар ' || n, search_key('b-' || n ||"
                      " ' товар ' || n) FROM generate_series(1, 1000) n")
        owner.execute("INSERT INTO party (kind, name, inn, search) SELECT 'person', 'Покупатель ' || n, '',"
                      " search_key('Покупатель ' || n || ' 7900' || n) FROM generate_series(1, 20000) n")
        products = [r[0] for r in owner.execute("SELECT id FROM product WHERE sku LIKE 'B-%' ORDER BY id").fetchall()]
        owner.execute("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost) SELECT"
                      " current_date, id, (SELECT id FROM place WHERE kind = 'supplier'), %s, 10000000, 1000000 FROM"
                      " product WHERE sku LIKE 'B-%%'", (company.warehouse,))
        owner.execute("ANALYZE")
    return company, products, password


def operations(company: demo_data.Company, products: list[int], url: str, token: str,
               ) -> dict[str, Callable[[int], Callable[[], bool]]]:
    """The measured operations by name."""
    def lines(number: int) -> list[dict[str, Any]]:
        return [{"product_id": products[(number * 37 + k * 11) % 100], "quantity": "1", "price": "100"}
                for k in range(10)]

    def body(party: int, number: int) -> dict[str, Any]:
        return {"date": TODAY, "party_id": party, "place_id": company.warehouse, "lines": lines(number)}

    def card(number: int) -> Callable[[], bool]:
        client = Client(url, token)
        return lambda: client.get(f"/api/parties/{company.customer}")

    def search(number: int) -> Callable[[], bool]:
        client = Client(url, token)
        return lambda: client.post("/api/lists/parties", {"search": f"тель 1{number}2", "limit": 50}) is not None

    def listing(number: int) -> Callable[[], bool]:
        client = Client(url, token)
        query = {"conditions": [{"column": "state", "op": "eq", "value": "draft"}], "limit": 50}
        return lambda: client.post("/api/lists/sales_order", query) is not None

    def order(number: int) -> Callable[[], bool]:
        client = Client(url, token)
        return lambda: client.post("/api/documents/sales_order", body(company.customer, number)) is not None

    def receipt(number: int) -> Callable[[], bool]:
        client = Client(url, token)

        def once() -> bool:
            made = client.post("/api/documents/receipt", body(company.supplier, number))
            return made is not None and client.post(
                f"/api/documents/{made['id']}/actions/post", {"version": 1}) is not None
        return once

    def issue(number: int) -> Callable[[], bool]:
        client = Client(url, token)

        def once() -> bool:
            made = client.post("/api/documents/sales_order", body(company.customer, number))
            if made is None or client.post(f"/api/documents/{made['id']}/actions/confirm", {"version": 1}) is None:
                return False
            out = client.post(f"/api/documents/{made['id']}/based-on", {"kind": "issue"})
            return out is not None and client.post(
                f"/api/documents/{out['id']}/actions/post", {"version": 1}) is not None
        return once

    return {"card": card, "search": search, "order": order, "list": listing, "receipt": receipt,
            "reserve + issue": issue}


def report(rows: dict[str, Measured]) -> None:
    sys.stdout.write(f"{'operation':<18}{'op/s':>8}{'p95 ms':>9}{'errors':>8}{'x peer':>8}{'wanted':>8}\n")
    for name, row in rows.items():
        peer, wanted = PEER[name]
        sys.stdout.write(f"{name:<18}{row.rate:>8.0f}{row.p95_ms:>9.1f}{row.errors:>8}{row.rate / peer:>8.1f}"
                         f"{wanted:>8}\n")
    Path("build").mkdir(exist_ok=True)
    Path("build/bench.json").write_text(json.dumps(
        {name: {"rate": row.rate, "p95_ms": row.p95_ms, "errors": row.errors} for name, row in rows.items()}, indent=1))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="okno-bench-") as folder, EmbeddedPostgres(Path(folder)) as database:
        migrate(database.url)
        company, products, password = prepare(database.url)
        with server(database.url) as url:
            token = Client(url, "").post("/api/login", {"login": demo_data.LOGIN, "password": password})["token"]
            rows = {name: run(make, CLIENTS, SECONDS)
                    for name, make in operations(company, products, url, token).items()}
        report(rows)


if __name__ == "__main__":
    main()

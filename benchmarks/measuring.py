"""One row of the table: the rate and the CPU of an operation over HTTP, and the CPU of the same work as raw SQL."""

from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from benchmarks.company import Company, seal_journal
from benchmarks.load import Run, run_http, run_raw
from benchmarks.meter import Cpu, between
from benchmarks.scenarios import Scenario
from benchmarks.seat import Seat
from benchmarks.server import Server
from crm_server.db.pool import SESSION_OPTIONS

CLIENTS = 16
WARM_SHARE = 0.25   # of the measured time goes to connections, plans and caches first


@dataclass(frozen=True)
class Side:
    """What one way of doing the work took."""

    run: Run
    cpu: Cpu

    def per_operation_ms(self, seconds: float) -> float:
        return seconds * 1000 / self.run.operations if self.run.operations else 0.0


@dataclass(frozen=True)
class Row:
    """Times are milliseconds of CPU per operation."""

    scenario: Scenario
    http: Side
    raw: Side | None

    @property
    def times_peer(self) -> float:
        return self.http.run.rate / self.scenario.peer

    @property
    def server_ms(self) -> float:
        return self.http.per_operation_ms(self.http.cpu.server)

    @property
    def database_ms(self) -> float:
        return self.http.per_operation_ms(self.http.cpu.database)

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.database_ms

    @property
    def raw_ms(self) -> float:
        """CPU of the raw client and of the database that served it; 0 where there is no raw side."""
        return self.raw.per_operation_ms(self.raw.cpu.own + self.raw.cpu.database) if self.raw else 0.0

    @property
    def limit_ms(self) -> float | None:
        return self.scenario.bound.limit_ms(self.raw_ms) if self.scenario.bound else None

    @property
    def load_share(self) -> float:
        """How busy the load generator was (0..1): near 1 it, and not the server, is what was measured."""
        return self.http.cpu.own / self.http.run.seconds


def measure(scenario: Scenario, server: Server, company: Company, seconds: float, clients: int = CLIENTS) -> Row:
    return Row(scenario, _over_http(scenario, server, company, seconds, clients),
               _as_sql(scenario, server, company, seconds, clients) if scenario.raw else None)


def _over_http(scenario: Scenario, server: Server, company: Company, seconds: float, clients: int) -> Side:
    seats = [Seat(company, server.token, number, hot=scenario.hot) for number in range(clients)]
    if scenario.before:
        run_http(server.url, scenario.before[0], seats, seconds)
    run_http(server.url, scenario.http, seats, seconds * WARM_SHARE)
    seal_journal(company)
    before = server.meter.read()
    run = run_http(server.url, scenario.http, seats, seconds)
    return Side(run, between(before, server.meter.read()))


def _as_sql(scenario: Scenario, server: Server, company: Company, seconds: float, clients: int) -> Side:
    assert scenario.raw is not None
    seats = [Seat(company, "", number, hot=scenario.hot) for number in range(clients)]
    with ExitStack() as stack:
        connections = [
            stack.enter_context(psycopg.connect(company.url, autocommit=True, options=SESSION_OPTIONS)) for _ in seats]
        if scenario.before:
            run_raw(connections, scenario.before[1], seats, seconds)
        run_raw(connections, scenario.raw, seats, seconds * WARM_SHARE)
        seal_journal(company)
        before = server.meter.read()
        run = run_raw(connections, scenario.raw, seats, seconds)
        return Side(run, between(before, server.meter.read()))

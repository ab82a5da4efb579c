"""CPU time and memory of the processes that do the work: the server's, PostgreSQL's and our own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil
import psycopg


@dataclass(frozen=True)
class Sample:
    """CPU seconds since their start: of each process of the server and of the database, of us, of the machine."""

    server: Mapping[int, float]
    database: Mapping[int, float]
    own: float
    machine: float
    at: float


@dataclass(frozen=True)
class Cpu:
    """CPU seconds between two samples. `others` is the share of the machine that programs beside us took (0..1)."""

    server: float
    database: float
    own: float
    others: float


class Meter:
    """Reads the processes under a `crm-server run` and under the postmaster of a database on this machine."""

    def __init__(self, database_url: str, server_pid: int) -> None:
        with psycopg.connect(database_url) as connection:
            postmaster = psutil.Process(connection.info.backend_pid).parent()
        if postmaster is None or not postmaster.name().startswith("postgres"):
            raise RuntimeError("the database must run on this machine: its CPU time is counted")
        self._postmaster = postmaster
        self._server = psutil.Process(server_pid)

    def read(self) -> Sample:
        return Sample(_seconds(self._server), _seconds(self._postmaster), time.process_time(), _machine(),
                      time.perf_counter())

    def memory_mb(self) -> tuple[float, float]:
        """Megabytes of the server's processes: their share of pages (PSS), and with shared pages counted in each."""
        processes = [self._server, *self._server.children(recursive=True)]
        infos = [process.memory_full_info() for process in processes]
        shares = [getattr(info, "pss", info.uss) for info in infos]  # only Linux tells PSS
        return sum(shares) / 1e6, sum(info.rss for info in infos) / 1e6


def between(before: Sample, after: Sample) -> Cpu:
    server, database = _spent(before.server, after.server), _spent(before.database, after.database)
    own = after.own - before.own
    capacity = (after.at - before.at) * (psutil.cpu_count() or 1)
    others = (after.machine - before.machine - server - database - own) / capacity
    return Cpu(server, database, own, min(1.0, max(0.0, others)))


def _seconds(root: psutil.Process) -> dict[int, float]:
    """CPU seconds by process id. Autovacuum comes when it wants, so its workers are left out."""
    found: dict[int, float] = {}
    for process in (root, *root.children(recursive=True)):
        try:
            if "autovacuum worker" not in " ".join(process.cmdline()):
                times = process.cpu_times()
                found[process.pid] = times.user + times.system
        except psutil.NoSuchProcess:
            continue  # ended between the list and the question
    return found


def _spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _machine() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)

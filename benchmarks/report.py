"""The result as a table to read and as JSON to compare."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.growth import Point, slowdown
from benchmarks.measuring import Row, Side
from benchmarks.plan import Result
from benchmarks.statements import FEW, MANY

MEMORY_LIMIT_MB = 300
PEER_MEMORY_MB = 305
SLOWDOWN_LIMIT = 1.2
BUSY_LOAD = 0.5
HEAD = (f"{'work':<40}{'op/s':>7}{'p95 ms':>8}{'x peer':>8}{'wanted':>8} |{'server':>8}{'db':>7}{'raw':>7}{'ratio':>7}"
        f"{'bound':>15}{'errors':>8}")


def lines(result: Result) -> Iterator[str]:
    """The report, line by line; `!` stands where a wish is not met."""
    plan = result.plan
    yield f"{plan.clients} clients, {plan.seconds:g} s a row; {plan.usual}; CPU in ms of one operation"
    yield HEAD
    yield from (_row(row) for row in result.rows)
    yield from _notes(result)
    if result.statements:
        yield f"\n{'SQL statements of a request':<40}{f'{FEW} lines':>10}{f'{MANY} lines':>10}{'at most':>10}"
        for one in result.statements:
            wrong = one.few != one.many or (one.limit is not None and one.many > one.limit)
            yield f"{one.title:<40}{one.few:>10}{one.many:>10}{one.limit or '':>10}{_mark(not wrong)}"
    if result.points:
        yield f"\n{'growth, one client':<40}{'of':>20}{'median ms':>11}{'p95 ms':>9}{'at most':>9}"
        yield from (_point(point) for point in result.points)
        times = slowdown(result.points, "all balances")
        yield (f"all balances, most moves to fewest: x {times:.2f} (at most {SLOWDOWN_LIMIT})"
               + _mark(times <= SLOWDOWN_LIMIT))
    yield "\nbooks: " + ("; ".join(map(str, result.differences)) or "ledger, balances, totals and journal agree")


def _row(row: Row) -> str:
    run, scenario = row.http.run, row.scenario
    limit = row.limit_ms
    good = row.times_peer >= scenario.times and (limit is None or row.cpu_ms <= limit)
    ratio = f"{row.cpu_ms / row.raw_ms:.1f}" if row.raw_ms else ""
    raw = f"{row.raw_ms:.2f}" if row.raw_ms else ""
    text = (f"{scenario.title:<40}{run.rate:>7.0f}{run.percentile_ms(0.95):>8.1f}{row.times_peer:>8.1f}"
            f"{scenario.times:>8g} |{row.server_ms:>8.2f}{row.database_ms:>7.2f}{raw:>7}{ratio:>7}"
            f"{scenario.bound.words if scenario.bound else '':>15}{run.errors:>8}{_mark(good)}")
    for name, side in (("", row.http), ("raw: ", row.raw)):
        if side and side.run.errors:
            text += f"\n    {side.run.errors} errors, the first: {name}{side.run.first_error}"
    return text


def _notes(result: Result) -> Iterator[str]:
    share, resident = result.memory_mb
    yield (f"memory of the server's processes: {share:.0f} MB (at most {MEMORY_LIMIT_MB}, peer {PEER_MEMORY_MB}), with"
           f" shared pages in each {resident:.0f} MB{_mark(share <= MEMORY_LIMIT_MB)}")
    if run := result.beside_logins:
        yield (f"cards beside 64 log-ins at once: {run.rate:.0f}/s, p95 {run.percentile_ms(0.95):.0f} ms,"
               f" {run.errors} errors {run.first_error}")
    for row in result.rows:
        if row.load_share > BUSY_LOAD:
            yield f"{row.scenario.title}: the load took {row.load_share:.0%} of a core, the rate is a lower bound"
    if result.rows:
        others = max(side.cpu.others for row in result.rows for side in (row.http, row.raw) if side)
        yield f"other programs took up to {others:.0%} of the machine: rates and p95 suffer, CPU per operation hardly"


def _point(point: Point) -> str:
    good = point.limit_ms is None or point.p95_ms <= point.limit_ms
    text = (f"{point.title:<40}{f'{point.size:,} {point.of}':>20}{point.median_ms:>11.1f}{point.p95_ms:>9.1f}"
            f"{point.limit_ms or '':>9}{_mark(good)}")
    return text + (f"\n    {point.errors} errors, the first: {point.first_error}" if point.errors else "")


def _mark(good: bool) -> str:
    return "" if good else "  !"


def as_json(result: Result) -> dict[str, Any]:
    plan = result.plan
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "sizes": {name: asdict(getattr(plan, name)) for name in ("young", "usual", "large")},
        "clients": plan.clients, "seconds": plan.seconds,
        "rows": {row.scenario.code: _row_json(row) for row in result.rows},
        "statements": [asdict(one) for one in result.statements],
        "growth": [asdict(point) for point in result.points],
        "memory_mb": {"share": result.memory_mb[0], "resident": result.memory_mb[1]},
        "differences": list(map(str, result.differences)),
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "title": row.scenario.title, "x_peer": row.times_peer, "wanted": row.scenario.times, "server_ms": row.server_ms,
        "database_ms": row.database_ms, "raw_ms": row.raw_ms, "limit_ms": row.limit_ms, "load_share": row.load_share,
        "http": _side_json(row.http), "raw": _side_json(row.raw) if row.raw else None}


def _side_json(side: Side) -> dict[str, Any]:
    run = side.run
    return {"rate": run.rate, "median_ms": run.percentile_ms(0.5), "p95_ms": run.percentile_ms(0.95),
            "operations": run.operations, "errors": run.errors, "first_error": run.first_error,
            "others": side.cpu.others}


def write_json(result: Result, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(result), indent=1, ensure_ascii=False), encoding="utf-8")

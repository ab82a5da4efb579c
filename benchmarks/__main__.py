"""Prints the table, the statements and the growth, and writes build/bench.json.

`python -m benchmarks` measures everything, `python -m benchmarks order ship` these rows only. BENCH_SECONDS is the time
of one row (6), BENCH_FULL=1 grows to a million moves, documents and customers.
"""

import os
import sys
from pathlib import Path

from benchmarks.company import Size
from benchmarks.plan import Plan, Result, run_plan
from benchmarks.report import lines, write_json
from benchmarks.scenarios import SCENARIOS
from crm_server.db.embedded import EmbeddedPostgres, scratch_data_dir
from crm_server.db.migrate import migrate

JSON = Path("build/bench.json")
YOUNG = Size(customers=100_000, products=10_000, moves=10_000, documents=20_000)
USUAL = Size(customers=100_000, products=10_000, moves=100_000, documents=20_000)
LARGE = Size(customers=200_000, products=10_000, moves=100_000, documents=200_000)
FULL = Size(customers=1_000_000, products=10_000, moves=1_000_000, documents=1_000_000)


def main(only: list[str]) -> int:
    """Exit status 1 when a request was refused or answered wrongly; a missed wish is marked in the table."""
    codes = {scenario.code for scenario in SCENARIOS}
    if unknown := set(only) - codes:
        print(f"unknown rows: {' '.join(sorted(unknown))}; known: {' '.join(sorted(codes))}", file=sys.stderr)
        return 2
    plan = Plan(YOUNG, USUAL, FULL if os.environ.get("BENCH_FULL") == "1" else LARGE,
                seconds=float(os.environ.get("BENCH_SECONDS", "6")), only=only)
    result = Result(plan)
    with scratch_data_dir("okno-bench-") as folder, EmbeddedPostgres(folder) as database:
        migrate(database.url)
        try:
            run_plan(database.url, result)
        finally:
            print("\n".join(lines(result)), flush=True)
    if not only:
        write_json(result, JSON)
    return 1 if result.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

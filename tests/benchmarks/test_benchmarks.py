"""The benchmarks run to the end on a tiny company, so that they cannot rot. Nobody looks at their times here."""

from benchmarks.company import Size
from benchmarks.plan import Plan, Result, run_plan
from benchmarks.report import as_json, lines
from benchmarks.scenarios import SCENARIOS

YOUNG = Size(customers=300, products=600, moves=600, documents=5_000)
USUAL = Size(customers=300, products=600, moves=4000, documents=5_000)
LARGE = Size(customers=400, products=600, moves=6000, documents=6_000)


def test_every_row_is_measured_without_an_error(database_url: str) -> None:
    result = Result(Plan(YOUNG, USUAL, LARGE, seconds=0.2, clients=3))
    run_plan(database_url, result)
    report = "\n".join(lines(result))

    assert result.errors == 0, report
    assert [row.scenario.code for row in result.rows if row.http.run.operations] == [s.code for s in SCENARIOS]
    assert [row.scenario.code for row in result.rows if row.raw and row.raw.run.operations] == [
        s.code for s in SCENARIOS if s.raw]
    assert all(row.server_ms >= 0 and row.raw_ms >= 0 for row in result.rows)
    assert {point.size for point in result.points if point.title == "all balances"} == {600, 4000, 6000}
    assert all(one.few == one.many > 0 for one in result.statements), report
    assert result.memory_mb[0] > 0
    assert set(as_json(result)["rows"]) == {s.code for s in SCENARIOS}

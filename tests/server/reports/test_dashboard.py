from datetime import date, timedelta
from typing import Any

from crm_contract.permissions import Scope
from crm_server.reports.dashboard import TASKS
from tests.server.conftest import Person, World


def invoice(world: World, number: str, gross: int, paid: int, days_late: int, branch_id: int = 0) -> None:
    due = date.today() - timedelta(days=days_late)
    values: dict[str, Any] = {
        "kind": "invoice", "number": number, "year": due.year, "date": date.today(), "state": "issued",
        "accounting": "posted", "branch_id": branch_id or world.branch_id, "net": gross, "gross": gross, "paid": paid,
        "due_date": due, "chain_id": 0}
    world.insert("document", **values)


def test_receivables_by_age_and_the_tasks_they_make(world: World, boss: Person) -> None:
    invoice(world, "1", 1000, 400, days_late=10)
    invoice(world, "2", 500, 500, days_late=99)
    invoice(world, "3", 300, 0, days_late=-5)
    board = boss.get("/api/dashboard")
    assert (board["receivable"], board["overdue"]) == ("900.00", "600.00")
    assert [bar["amount"] for bar in board["ages"]] == ["300.00", "0.00", "600.00", "0.00", "0.00"]
    assert [(t["when"], t["title"]) for t in board["tasks"]] == [
        ("overdue", "Оплата по счёту 1"), ("next", "Оплата по счёту 3")]
    assert board["task_counts"] == {"overdue": 1, "next": 1}
    cell = next(s for s in board["stages"] if s["code"] == "invoice")
    assert (cell["count"], cell["amount"], cell["note"]) == (2, "1300.00", "1 просрочено")
    assert boss.statements <= 5


def test_another_branch_is_not_counted(world: World) -> None:
    invoice(world, "1", 1000, 0, days_late=10, branch_id=world.branch("Тверь"))
    clerk = world.person("clerk", {"dashboard.view": Scope.BRANCH, "invoice.view": Scope.BRANCH})
    board = clerk.get("/api/dashboard")
    assert board["receivable"] == "0.00"
    assert [s["count"] for s in board["stages"]] == [0] * 7
    assert board["tasks"] == []


def test_of_many_tasks_the_first_are_told_and_how_many_there_are(world: World, boss: Person) -> None:
    for number in range(TASKS + 3):
        invoice(world, str(number), 1000, 0, days_late=10)
    board = boss.get("/api/dashboard")
    assert (len(board["tasks"]), board["task_counts"]) == (TASKS, {"overdue": TASKS + 3})

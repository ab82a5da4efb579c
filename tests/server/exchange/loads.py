"""The whole path of a file over HTTP: uploaded, tried, loaded by the worker."""

from dataclasses import dataclass
from typing import Any

from crm_contract.exchange import ImportTarget
from crm_server.worker import work
from tests.server.conftest import Person, World

DAY = "2026-11-24"


@dataclass
class Upload:
    """A file on the server and the options as the program proposes them."""

    person: Person
    analysis: dict[str, Any]
    options: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/api/imports/files/{self.analysis['file_id']}"

    def answer(self, code: str, action: str = "accept", **more: Any) -> None:
        self.options.setdefault("resolutions", []).append({"code": code, "action": action, **more})

    def dry_run(self, **more: Any) -> dict[str, Any]:
        return self.person.post(f"{self.path}/dry-run", {"options": self.options, **more})

    def queue(self) -> int:
        return self.person.post(f"{self.path}/batches", self.options)["id"]

    def batch(self, batch_id: int) -> dict[str, Any]:
        return self.person.get(f"/api/imports/{batch_id}")


def upload(person: Person, data: bytes, target: ImportTarget, name: str = "список.xlsx", **changes: Any) -> Upload:
    analysis = person.call("POST", "/api/imports/files", params={"target": target}, files={"file": (name, data)})
    best = analysis["best_sheet"] or analysis["sheets"][0]["name"]
    sheet = next(sheet for sheet in analysis["sheets"] if sheet["name"] == best)
    options = {
        "target": target, "sheet": sheet["name"], "header_row": sheet["header_row"],
        "header_height": sheet["header_height"], "on_date": DAY,
        "mapping": {str(column["column"]): column["field"] for column in sheet["columns"] if column["field"]}}
    return Upload(person, analysis, options | changes)


def load(world: World, file: Upload) -> dict[str, Any]:
    """Queues the file and lets a worker do it."""
    batch_id = file.queue()
    run_jobs(world)
    return file.batch(batch_id)


def run_jobs(world: World) -> None:
    work(str(world.pool.conninfo), 1, until_empty=True)


def adds_up(counts: dict[str, Any]) -> bool:
    """Every row of the sheet is in one bucket, every ready row has one fate."""
    fates = sum(counts[name] for name in ("add", "update", "unchanged", "unmatched"))
    return sum(counts["buckets"].values()) == counts["rows"] and fates == counts["buckets"].get("ready", 0)

"""Files of documents: kept once, under safe names, seen by whoever sees the document."""

import hashlib
import re
import unicodedata
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_contract.files import MAX_FILE_BYTES
from crm_contract.permissions import Scope
from crm_server.documents.file_names import MAX_NAME_BYTES, clean_name, content_disposition
from tests.server.conftest import Person, World

PDF = b"%PDF-1.7 body"


def insert_document(world: World, kind: str = "invoice", **values: Any) -> int:
    row = {"kind": kind, "number": "СЧ-000418", "year": 2026, "date": "2026-11-02", "state": "issued",
           "accounting": "posted", "branch_id": world.branch_id, "chain_id": 0}
    return world.insert("document", **row | values)


def upload(person: Person, document_id: int, content: bytes, name: str = "Счёт.pdf", *, source: str = "upload",
           status: int = 200, key: str = "") -> Any:
    return person.call("POST", f"/api/documents/{document_id}/files", params={"source": source}, status=status, key=key,
                       files={"file": (name, content, "text/html")})


def test_file_comes_back_as_it_was(world: World, boss: Person) -> None:
    document_id = insert_document(world)
    read = upload(boss, document_id, PDF, "Счёт № 418.pdf", source="print")
    assert read["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (read["name"], read["size"], read["media_type"], read["source"], read["author"]) == (
        "Счёт № 418.pdf", len(PDF), "application/pdf", "print", "Главный Г. Г.")
    assert boss.get(f"/api/documents/{document_id}/files") == [read]
    answer = boss.http.get(f"/api/files/{read['id']}", headers={"Authorization": f"Bearer {boss.token}"})
    assert answer.content == PDF
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert file_name(answer.headers["content-disposition"]) == "Счёт № 418.pdf"
    assert boss.get(f"/api/documents/{document_id}")["file_count"] == 1


@pytest.mark.parametrize(("source", "action"), [("upload", "create"), ("print", "print"), ("send", "send")])
def test_journal_tells_upload_from_print_and_send(world: World, boss: Person, source: str, action: str) -> None:
    document_id = insert_document(world)
    upload(boss, document_id, PDF, source=source)
    rows = world.sql("SELECT action, person, after FROM audit_log WHERE entity = 'invoice' AND entity_id = %s",
                     (document_id,))
    assert [(r["action"], r["person"]) for r in rows] == [(action, "Главный Г. Г.")]
    assert rows[0]["after"]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert world.sql("SELECT 1 FROM change_log WHERE entity = 'invoice' AND ids = %s::int8[]", ([document_id],))


def test_equal_content_is_kept_once(world: World, boss: Person) -> None:
    document_id = insert_document(world)
    for name in ("a.pdf", "b.pdf"):
        upload(boss, document_id, PDF, name)
    assert world.sql("SELECT count(*) AS n FROM file_content") == [{"n": 1}]
    assert [f["name"] for f in boss.get(f"/api/documents/{document_id}/files")] == ["a.pdf", "b.pdf"]


def test_repeat_with_one_key_keeps_one_file(world: World, boss: Person) -> None:
    document_id = insert_document(world)
    first = upload(boss, document_id, PDF, key="once")
    assert upload(boss, document_id, PDF, key="once") == first
    assert upload(boss, document_id, b"other", key="once", status=422)["code"] == "idempotency_key_reused"
    assert len(boss.get(f"/api/documents/{document_id}/files")) == 1


def test_size_is_counted(world: World, boss: Person) -> None:
    document_id = insert_document(world)
    assert upload(boss, document_id, b"x" * (MAX_FILE_BYTES + 1), status=413)["code"] == "too_large"
    assert upload(boss, document_id, b"", status=422)["field_errors"] == {"file": "Файл пуст"}
    assert boss.get(f"/api/documents/{document_id}/files") == []


def test_files_follow_the_scope_of_the_document(world: World, boss: Person) -> None:
    document_id = insert_document(world)
    file_id = upload(boss, document_id, PDF)["id"]
    stranger = world.person("stranger", {"invoice.view": Scope.BRANCH}, branch_id=world.branch("Тверь"))
    seller = world.person("seller", {"offer.view": Scope.ALL})
    owner = world.person("owner", {"invoice.view": Scope.OWN})
    for person in (stranger, seller, owner):
        upload(person, document_id, PDF, status=404)
        person.get(f"/api/documents/{document_id}/files", status=404)
        person.get(f"/api/files/{file_id}", status=404)
    colleague = world.person("colleague", {"invoice.view": Scope.BRANCH})
    assert colleague.get(f"/api/files/{file_id}") == PDF
    colleague.get("/api/files/999999", status=404)


@pytest.mark.parametrize(("raw", "clean"), [
    ("../../etc/passwd", "passwd"), ("C:\\Документы\\акт.pdf", "акт.pdf"), ("C:акт.pdf", "акт.pdf"), ("..", "файл"),
    ("a\x00b\r\n.pdf", "ab.pdf"), ("\u202egpj.exe", "gpj.exe"), ("CON", "_CON"), ("nul.txt", "_nul.txt"),
    ("com¹.pdf", "_com¹.pdf"), ("акт.pdf:поток", "акт.pdf_поток"), ("хвост. . ", "хвост"), ("", "файл"),
    ("Счёт № 5 от 01.02.2026.pdf", "Счёт № 5 от 01.02.2026.pdf"), ("а<б>|?.pdf", "а_б___.pdf"),
])
def test_name_is_cleaned(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('<>:"/\\|?*')
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert name[-1] not in ". "
    assert clean_name(name) == name
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert file_name(header) == name


def file_name(header: str) -> str:
    found = re.search(r"filename\*=UTF-8''(\S+)", header)
    assert found is not None
    return unquote(found[1])

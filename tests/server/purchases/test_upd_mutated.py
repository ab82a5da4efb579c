"""Files of УПД in which one thing is wrong: each is read or refused in words, none breaks the server."""

import re
from collections.abc import Iterator
from typing import Any

from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.upd.paper import read_paper
from tests.proof import LONG
from tests.server.conftest import Person
from tests.server.purchases.papers import Row, Upd, chosen

SOLE = '<СвИП ИННФЛ="500100732259" ОГРНИП="304500116000157"><ФИО Фамилия="Котов" Имя="Пётр"/></СвИП>'
ROWS = (Row("Датчик ДД-40", code="Z-40", article="104-220", barcode="04006381333931"),)
VALUES = ("", "-1", "1e-20", "99999999999", "Ы" * 600, *(("0", "0.0004", "999999999999.99", "1e400") if LONG else ()))
ATTRIBUTE, LEAF = re.compile(r' \w+="([^"]*)"'), re.compile(r"<(\w+)[^<>]*/>|<(\w+)>([^<>]*)</\2>")


def mutants() -> Iterator[str]:
    """Every attribute without and with each odd value, every leaf left out, of a company and of a sole proprietor."""
    for text, part in ((Upd(ROWS).text(), ""), (Upd(ROWS, seller=SOLE).text(), SOLE)):
        at = text.index(part)
        span = (at, at + len(part)) if part else ()
        for found in (*ATTRIBUTE.finditer(text, *span), *LEAF.finditer(text, *span)):
            yield text[:found.start()] + text[found.end():]
            if group := found.lastindex if found.re is ATTRIBUTE or found.lastindex == 3 else 0:
                yield from (text[:found.start(group)] + value + text[found.end(group):] for value in VALUES)


def readable() -> Iterator[str]:
    """Those that are read, one of each that says the same; of the others it is told why not, and what to do."""
    seen: set[str] = set()
    for text in mutants():
        try:
            paper, told = repr(read_paper(text.encode())), True
        except UnreadableFile as error:
            paper, told = "", bool(error.message and error.action)
        assert told, text
        if paper and paper not in seen:
            yield text
            seen.add(paper)


def send(person: Person, path: str, key: str, **more: Any) -> tuple[int, Any]:
    answer = person.http.post(path, headers={"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}, **more)
    return answer.status_code, answer.json()


def test_a_file_with_one_wrong_thing_is_read_or_refused_in_words(boss: Person, shop: dict[str, int]) -> None:
    receipts = 0
    for number, text in enumerate(readable()):
        status, answer = send(boss, "/api/upd-files", f"file{number}", files={"file": ("upd.xml", text.encode())})
        if status == 200:
            body = {"party_id": shop["supplier"], "place_id": shop["place"], "lines": chosen(answer, create=True),
                    "accept_problems": True}
            status, answer = send(boss, f"/api/upd-files/{answer['file_id']}/receipt", f"receipt{number}", json=body)
        assert status in (200, 422), (text, answer)
        assert status == 200 or (answer["message"] and answer["action"]), (text, answer)
        receipts += status == 200
    assert receipts > 50

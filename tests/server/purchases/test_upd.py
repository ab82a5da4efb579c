"""An incoming УПД: read, matched and checked before anything is made; then a draft receipt with the file at it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.upd.paper import read_paper
from crm_server.exchange.upd.sums import draft_of, find_problems
from tests.server.conftest import Person, World
from tests.server.purchases.papers import Row, Upd, chosen, receive, upload
from tests.server.purchases.test_orders import bought
from tests.server.trading import act

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "upd"
SENSOR = Row("Датчик ДД-40", article="104-220", code="Z-40")
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples of УПД 5.03 are not here")


def errors(read: dict[str, Any]) -> list[str]:
    return [problem["text"].replace("\u00a0", " ") for problem in read["problems"] if problem["severity"] == "error"]


# --- the samples ---

@needs_samples
def test_every_valid_sample_reads_and_adds_up() -> None:
    files = sorted((SAMPLES / "samples_5.03").glob("ON_NSCHFDOPPR_*.xml"))
    assert files
    for file in files:
        paper = read_paper(file.read_bytes())
        draft = draft_of(paper)
        assert find_problems(paper, draft) == [], file.name
        assert (draft.sums.net, draft.sums.vat, draft.sums.gross) == (paper.net, paper.vat, paper.gross)


@needs_samples
@pytest.mark.parametrize(("name", "told"), [
    ("no_НалСт", "не указана"), ("НалСт_21", "21%"), ("sem_total_mismatch", "4 765,51")])
def test_what_is_wrong_with_a_sample_is_told(name: str, told: str) -> None:
    """The other invalid samples break rules of the sender that do not touch a receipt."""
    paper = read_paper((SAMPLES / "samples_5.03_invalid" / f"{name}.xml").read_bytes())
    assert any(told in problem.text.replace("\u00a0", " ") for problem in find_problems(paper, draft_of(paper)))


@needs_samples
def test_a_sample_of_the_old_format_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"5\.02"):
        read_paper((SAMPLES / "samples_5.03_invalid" / "old_version_5.02.xml").read_bytes())


@needs_samples
def test_a_sample_becomes_a_receipt_of_the_buyer(boss: Person, world: World, shop: dict[str, int]) -> None:
    own = world.insert("party", kind="sole", name="ИП Покупателев", inn="500100732259", is_own=True,
                       tax_mode="simplified")
    [file] = (SAMPLES / "samples_5.03").glob("ON_NSCHFDOPPR_2BM-500100732259*.xml")
    read = upload(boss, file.read_bytes(), name=file.name)
    assert read["organization"]["id"] == own
    # The seller of the sample has the ИНН of our other organisation: it is no supplier yet.
    assert read["supplier"] is None
    made = receive(boss, shop, read, lines=chosen(read, create=True), accept_problems=True)
    receipt = boss.get(f"/api/documents/{made['id']}")
    assert receipt["organization"]["id"] == own
    assert (receipt["gross"], receipt["extra"]["supplier_number"]) == ("4765.50", "15")
    assert [line["vat_rate"] for line in receipt["lines"]] == ["22", "10"]


# --- reading ---

@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8"])
@pytest.mark.parametrize("function", ["СЧФДОП", "ДОП", "СЧФ"])
def test_it_is_read_in_both_encodings_and_functions(boss: Person, shop: dict[str, int], encoding: str,
                                                    function: str) -> None:
    read = upload(boss, Upd([SENSOR], function=function).data(encoding))
    assert (read["number"], read["date"], read["gross"]) == ("15", "2026-11-24", "3660.00")
    assert read["supplier"]["id"] == shop["supplier"]
    [line] = read["lines"]
    assert (line["match"], line["candidates"][0]["product"]["id"]) == ("sure", shop["sensor"])


BAD = {
    "not XML": (b"PK\x03\x04 something", "не XML"),
    "empty": (b"", "пуст"),
    "cut": (Upd([SENSOR]).data()[:400], "повреждён"),
    "doctype": (b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/x">' + Upd([SENSOR]).text().encode(),
                "DOCTYPE"),
    "billion laughs": (b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>', "DOCTYPE"),
    "external": (b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>', "DOCTYPE"),
    "odd encoding": (b'<?xml version="1.0" encoding="utf-7"?><a/>', "разметка"),
    "deep": (b"<a>" * 50 + b"</a>" * 50, "запутан"),
    "other XML": (b"<a><b/></a>", "не файл обмена"),
    "buyer's title": (Upd([SENSOR]).data().replace(b"1115131", b"1115132"), "титул покупателя"),
    "other document": (Upd([SENSOR]).data().replace(b"1115131", b"1115127"), "КНД 1115127"),
    "old version": (Upd([SENSOR]).data().replace(b'="5.03"', b'="5.01"'), "5.01"),
    "function": (Upd([SENSOR], function="СвРК").data(), "СвРК"),
    "currency": (Upd([SENSOR]).text().replace('КодОКВ="643"', 'КодОКВ="840"').encode(), "валюте"),
    "foreign buyer": (Upd([SENSOR], buyer='<СвЮЛУч НаимОрг="ООО &quot;Чужие&quot;" ИННЮЛ="7736050003"/>').data(),
                      "не вам"),
    "no lines": (Upd([]).data().replace(b"<\xd1\xe2\xe5\xe4\xd2\xee\xe2", b"<x"), "ни одной строки"),
    "no number": (Upd([Row("А", quantity="много", net="1")]).data(), "не число"),
    "infinite": (Upd([Row("А", quantity="Infinity", net="1")]).data(), "недопустимое"),
    "nothing": (Upd([Row("А", quantity="0", net="1")]).data(), "больше нуля"),
    "bad day": (Upd([SENSOR], day="31.02.2026").data(), "Дата"),
    "too many": (Upd([Row("А")] * 2001).data(), "2001"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_upd_for_us_is_refused_with_advice(boss: Person, world: World, shop: dict[str, int],
                                                      case: str) -> None:
    data, words = BAD[case]
    told = upload(boss, data, status=422)
    assert words in f"{told['message']} {told['field_errors']}"
    assert told["action"]
    assert world.sql("SELECT count(*) AS n FROM import_file") == [{"n": 0}]


def test_a_large_file_is_refused_before_it_is_read(boss: Person, shop: dict[str, int]) -> None:
    upload(boss, b"<a>" + b" " * (10 * 1024 * 1024), status=413)


def test_two_thousand_lines_take_the_same_statements(boss: Person, world: World, shop: dict[str, int]) -> None:
    counts = []
    for count in (2, 2000):
        data = Upd([Row(f"Деталь {n} для {count}", article=f"D-{count}-{n}") for n in range(count)],
                   number=str(count)).data()
        boss.known()
        read = upload(boss, data)
        asked = boss.statements
        boss.known()
        made = receive(boss, shop, read)
        counts.append((asked, boss.statements))
        assert len(boss.get(f"/api/documents/{made['id']}")["lines"]) == count
    assert counts[0] == counts[1]
    assert world.sql("SELECT count(*) AS n FROM product WHERE sku LIKE 'D-%%'") == [{"n": 2002}]


# --- matching ---

def test_every_match_says_why(boss: Person, world: World, shop: dict[str, int]) -> None:
    world.sql("INSERT INTO barcode VALUES ('4006381333931', %s)", (shop["sensor"],))
    relay = world.insert("product", sku="R-1", name="Реле РЭК-77")
    world.insert("supplier_item", party_id=shop["supplier"], product_id=relay, code="Я-5", name="Реле наше любимое")
    read = upload(boss, Upd([
        Row("Что угодно", code="Я-5"), Row("Реле наше любимое"), Row("Сенсор", barcode="04006381333931"),
        Row("Датчик движения", article="104-220"), Row("реле рэк-77"), Row("РЕЛЕ РЭК 77"),
        Row("Болт М6", article="104-220"), Row("Неведомое"), Row("Датчик ДД-40", unit="778"),
        Row("Реле РЭК-77", article="104-220")]).data())
    found = [(line["match"], line["reason"]) for line in read["lines"]]
    assert found[0] == ("sure", "Код поставщика, как в прошлый раз")
    assert found[1] == ("sure", "Название у поставщика, как в прошлый раз")
    assert found[2] == ("sure", "Штрихкод")
    assert found[3] == ("sure", "Артикул")
    assert found[4] == ("sure", "Название")
    assert found[5] == ("doubt", "Название похоже, отличаются знаки")
    assert found[6] == ("doubt", "Артикул совпал, а название другое")
    assert found[7][0] == "none"
    assert found[8][0] == "doubt"
    assert "упак" in found[8][1]
    assert found[9][0] == "doubt"
    assert "но название" in found[9][1]


def test_what_was_chosen_is_remembered(boss: Person, world: World, shop: dict[str, int]) -> None:
    """By hand once; the next paper of the supplier knows it, a paper of another supplier does not."""
    row = Row("Изделие 17", code="И-17")
    read = upload(boss, Upd([row]).data())
    assert read["lines"][0]["match"] == "none"
    receive(boss, shop, read, lines=[{"number": 1, "product_id": shop["sensor"]}])
    again = upload(boss, Upd([row], number="16").data())
    assert (again["lines"][0]["match"], again["lines"][0]["candidates"][0]["product"]["id"]) == ("sure", shop["sensor"])
    other = world.insert("product", name="Другое")
    receive(boss, shop, again, lines=[{"number": 1, "product_id": other}])
    third = upload(boss, Upd([row], number="17").data())
    assert [one["product"]["id"] for one in third["lines"][0]["candidates"]] == [other]
    world.insert("party", kind="legal", name="ООО «Иной»", inn="7736050003", is_supplier=True)
    world.sql("UPDATE party SET inn = '' WHERE id = %s", (shop["customer"],))
    foreign = Upd([row], seller='<СвЮЛУч НаимОрг="ООО &quot;Иной&quot;" ИННЮЛ="7736050003" КПП="773601001"/>')
    assert upload(boss, foreign.data())["lines"][0]["match"] == "none"


def test_an_unknown_line_becomes_a_product(boss: Person, world: World, shop: dict[str, int]) -> None:
    row = Row("Новый товар", article="N-1", barcode="04006381333931", rate="10%", unit="006")
    read = upload(boss, Upd([row]).data())
    receive(boss, shop, read)
    [product] = world.sql("SELECT p.*, (SELECT code FROM barcode WHERE product_id = p.id) AS code FROM product p"
                          " WHERE name = 'Новый товар'")
    assert (product["sku"], product["unit"], product["vat_kind"], product["code"]) == (
        "N-1", "006", "reduced", "4006381333931")


def test_products_are_made_by_those_who_may(world: World, boss: Person, shop: dict[str, int]) -> None:
    rights = ("receipt.view", "receipt.edit", "party.view", "product.view")
    keeper = world.person("keeper", dict.fromkeys(rights, Scope.ALL))
    read = upload(keeper, Upd([Row("Новый товар")]).data())
    assert read["can_add_products"] is False
    receive(keeper, shop, read, status=403)
    assert world.sql("SELECT 1 FROM product WHERE name = 'Новый товар'") == []


# --- supplier ---

def test_an_unknown_supplier_comes_with_its_requisites(boss: Person, shop: dict[str, int]) -> None:
    seller = ('<СвИП ИННФЛ="500100732259" ОГРНИП="304500116000157"><ФИО Фамилия="Котов" Имя="Пётр" Отчество="Ильич"/>'
              "</СвИП>")
    read = upload(boss, Upd([SENSOR], seller=seller).data())
    assert read["supplier"] is None
    body = read["seller"]
    assert (body["name"], body["kind"], body["inn"], body["ogrn"]) == (
        "ИП Котов Пётр Ильич", "sole", "500100732259", "304500116000157")
    made = boss.post("/api/parties", body)
    again = boss.get(f"/api/upd-files/{read['file_id']}")
    assert again["supplier"]["id"] == made["id"]


def test_another_kpp_of_the_supplier_is_told(boss: Person, shop: dict[str, int]) -> None:
    seller = '<СвЮЛУч НаимОрг="АО Завод" ИННЮЛ="5024002119" КПП="502402001"/>'
    read = upload(boss, Upd([SENSOR], seller=seller).data())
    assert read["supplier"]["id"] == shop["supplier"]
    assert "КПП в УПД 502402001" in read["problems"][0]["text"]


# --- sums ---

@pytest.mark.parametrize(("row", "told"), [
    (Row("А", gross="3661.00"), "а в документе 3 661,00"), (Row("А", net="2000"), "3 × 1000 = 3 000,00"),
    (Row("А", vat="600.00"), "по ставке 22% выходит 660,00"), (Row("А", rate="20%"), "не действует"),
    (Row("А", rate="21%", vat="630.00"), "неизвестна"), (Row("А", quantity="1.23456"), "округлено")])
def test_a_line_that_contradicts_itself_is_told(boss: Person, shop: dict[str, int], row: Row, told: str) -> None:
    assert any(told in text for text in errors(upload(boss, Upd([row]).data())))


def test_totals_that_differ_from_the_lines_are_told(boss: Person, shop: dict[str, int]) -> None:
    read = upload(boss, Upd([SENSOR], totals=("3000.00", "660.00", "3660.01")).data())
    assert errors(read) == ["Всего к оплате: в документе 3 660,01, а по строкам 3 660,00"]
    told = receive(boss, shop, read, status=422)
    assert "3 660,01" in told["message"].replace("\u00a0", " ")
    receive(boss, shop, read, accept_problems=True)


def test_a_rounded_price_takes_the_mode_that_keeps_the_sums(boss: Person, shop: dict[str, int]) -> None:
    """A thousand pieces at 100.01 with VAT: the price without it has more digits than a line keeps."""
    row = Row("Датчик ДД-40", quantity="1000", price="81.97540983607", net="81975.41", vat="18034.59",
              gross="100010.00")
    read = upload(boss, Upd([row]).data())
    assert (read["vat_mode"], read["draft_gross"], read["problems"]) == ("included", "100010.00", [])
    made = receive(boss, shop, read)
    document = boss.get(f"/api/documents/{made['id']}")
    assert (document["net"], document["vat"], document["gross"]) == ("81975.41", "18034.59", "100010.00")


def test_a_kopeck_is_told_and_does_not_stop(boss: Person, shop: dict[str, int]) -> None:
    row = Row("Датчик ДД-40", quantity="3", price="33.33", net="99.99", vat="22.01", gross="122.00")
    read = upload(boss, Upd([row]).data())
    assert errors(read) == []
    assert [problem["severity"] for problem in read["problems"]] == ["note", "note"]
    receive(boss, shop, read)


def test_an_unlawful_rate_makes_no_receipt(boss: Person, shop: dict[str, int]) -> None:
    read = upload(boss, Upd([Row("Датчик ДД-40", rate="20%")]).data())
    told = receive(boss, shop, read, status=422, accept_problems=True)
    assert "20%" in told["message"]


def test_the_rate_is_that_of_the_papers_day(boss: Person, shop: dict[str, int]) -> None:
    """Shipped in the last days of 20 %, received under 22 %."""
    read = upload(boss, Upd([Row("Датчик ДД-40", rate="20%")], day="30.12.2025").data())
    assert errors(read) == []
    made = receive(boss, shop, read)
    document = boss.get(f"/api/documents/{made['id']}")
    assert (document["lines"][0]["vat_rate"], document["vat"]) == ("20", "600.00")
    assert act(boss, made["id"], "post")["state"] == "received"


# --- the receipt ---

def test_the_draft_has_what_the_paper_says(boss: Person, world: World, shop: dict[str, int]) -> None:
    data = Upd([SENSOR]).data()
    read = upload(boss, data)
    made = receive(boss, shop, read)
    receipt = boss.get(f"/api/documents/{made['id']}")
    assert receipt["state"] == "draft"
    assert receipt["extra"] == {"supplier_number": "15", "supplier_date": "2026-11-24"}
    [line] = receipt["lines"]
    assert (line["quantity"], line["paper_quantity"], line["price"], line["gross"]) == (
        "3.000", "3.000", "1000.0000", "3660.00")
    [file] = boss.get(f"/api/documents/{made['id']}/files")
    assert boss.get(f"/api/files/{file['id']}") == data
    act(boss, made["id"], "post")
    [item] = boss.get(f"/api/products/{shop['sensor']}/suppliers")
    assert (item["code"], item["name"], Decimal(item["price"])) == ("Z-40", "Датчик ДД-40", 1000)


def test_the_same_file_is_told_of(boss: Person, shop: dict[str, int]) -> None:
    read = upload(boss, Upd([SENSOR]).data())
    made = receive(boss, shop, read)
    number = boss.get(f"/api/documents/{made['id']}")["number"]
    again = upload(boss, Upd([SENSOR]).data())
    assert again["duplicate"] == {"id": made["id"], "title": number}
    assert number in receive(boss, shop, again, status=409, accept_problems=True)["message"]
    act(boss, made["id"], "annul", reason="ошибка")
    assert upload(boss, Upd([SENSOR]).data())["duplicate"] is None
    receive(boss, shop, again)


def test_a_colleague_is_told_of_the_receipt_as_far_as_he_may_see_it(boss: Person, world: World,
                                                                   shop: dict[str, int]) -> None:
    made = receive(boss, shop, upload(boss, Upd([SENSOR]).data()))
    number = boss.get(f"/api/documents/{made['id']}")["number"]
    rights = ("receipt.view", "receipt.edit", "party.view", "product.view")
    for scope, told in ((Scope.BRANCH, number), (Scope.OWN, "приход другого сотрудника")):
        colleague = world.person(f"colleague{scope}", dict.fromkeys(rights, Scope.ALL) | {"receipt.view": scope})
        read = upload(colleague, Upd([SENSOR]).data())
        assert read["duplicate"]["title"] == told
        assert told in receive(colleague, shop, read, status=409, accept_problems=True)["message"]
        other = upload(colleague, Upd([Row("Датчик ДД-40", quantity="5")]).data())
        assert any(told in text for text in errors(other))


def test_the_same_number_in_another_file_is_told_of(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, upload(boss, Upd([SENSOR]).data()))
    read = upload(boss, Upd([Row("Датчик ДД-40", quantity="5")]).data())
    assert read["duplicate"] is None
    assert any("№ 15" in text for text in errors(read))
    receive(boss, shop, read, status=422)


def test_it_is_received_by_the_order(boss: Person, shop: dict[str, int]) -> None:
    order = bought(boss, shop)
    read = upload(boss, Upd([SENSOR]).data())
    assert [(found["id"], found["covered"]) for found in read["orders"]] == [(order, 1)]
    made = receive(boss, shop, read, order_id=order)
    act(boss, made["id"], "post")
    assert boss.get(f"/api/documents/{order}")["facts"][0]["text"] == "30 %"


def test_an_open_question_is_told_by_its_line(boss: Person, shop: dict[str, int]) -> None:
    read = upload(boss, Upd([SENSOR, Row("Неведомое")]).data())
    told = receive(boss, shop, read, status=422, lines=[{"number": 1, "product_id": shop["sensor"]}])
    assert told["field_errors"] == {"lines.2": "Выберите товар"}


def test_a_file_is_seen_by_whoever_uploaded_it(boss: Person, world: World, shop: dict[str, int]) -> None:
    read = upload(boss, Upd([SENSOR]).data())
    other = world.person("other")
    other.get(f"/api/upd-files/{read['file_id']}", status=404)
    receive(other, shop, read, status=404)


def test_a_hidden_supplier_is_not_shown(boss: Person, world: World, shop: dict[str, int]) -> None:
    branch = world.branch("Казань")
    world.sql("UPDATE party SET branch_id = %s WHERE id = %s", (branch, shop["supplier"]))
    keeper = world.person("keeper", dict.fromkeys(("receipt.view", "receipt.edit", "party.view"), Scope.BRANCH))
    read = upload(keeper, Upd([SENSOR]).data())
    assert read["supplier"] is None
    assert errors(read) == ["Поставщик с ИНН 5024002119 заведён в другом филиале: попросите открыть его вам"]
    chosen = keeper.get(f"/api/upd-files/{read['file_id']}", params={"party_id": shop["supplier"]})
    assert errors(chosen) == ["Выбранный поставщик заведён в другом филиале: выберите другого"]


def test_a_supplier_who_is_not_the_seller_is_told(boss: Person, world: World, shop: dict[str, int]) -> None:
    other = world.insert("party", kind="legal", name="ООО «Иной»", inn="7736050011", is_supplier=True)
    read = upload(boss, Upd([SENSOR]).data())
    again = boss.get(f"/api/upd-files/{read['file_id']}", params={"party_id": other})
    assert errors(again) == [
        "УПД выставил «АО \"Завод\"», ИНН 5024002119, а выбран поставщик «ООО «Иной»», ИНН 7736050011"]
    assert "выбран поставщик" in receive(boss, shop, read, status=422, party_id=other)["message"]
    receive(boss, shop, read, party_id=other, accept_problems=True)


def test_an_unknown_unit_is_that_of_our_card(boss: Person, world: World, shop: dict[str, int]) -> None:
    world.sql("UPDATE product SET unit = '006' WHERE id = %s", (shop["sensor"],))
    read = upload(boss, Upd([Row("Датчик ДД-40", unit="9999")]).data().replace("НаимЕдИзм=\"шт\"".encode("cp1251"),
                                                                              "НаимЕдИзм=\"мотков\"".encode("cp1251")))
    made = receive(boss, shop, read)
    assert boss.get(f"/api/documents/{made['id']}")["lines"][0]["unit"] == "006"

"""Rows of one customer or one product inside a file."""

from datetime import date

from crm_contract.exchange import Bucket, Resolution, ResolutionAction
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, codes, party, plan_of, product, row_of, xlsx

ACCEPT, KEEP = ResolutionAction.ACCEPT, ResolutionAction.KEEP
FIRM = ["Контрагент", "ИНН/КПП", "Адрес", "Контактное лицо", "Телефон", "E-mail", "Р/с", "БИК", "Менеджер", "Клиент с"]
INN = "7707083893/770701001"
ONE = ["ООО ВЕТЕР", INN, "г. Тула", "Иванов И.И.", "8 495 123-45-67", "a@example.org", "40702810138250123017",
       "044525225", "Дроздова", "12.03.2019"]
TWO = ["Общество с ограниченной ответственностью «Ветер»", INN, "г. Москва", "Иванов И.И. (директор); Петрова А.А.",
       "84951234567, 8 916 123-45-67", "b@example.org", "40702810200000000001", "044525225", "Сомова", "2018-05-04"]
THREE = ["Ветер, ООО", "7707083893", "", "", "", "", "", "", "", ""]


def test_three_spellings_become_one_party_that_knows_everything():
    plan = plan_of(xlsx([FIRM, ONE, TWO, THREE]), PARTIES)
    assert [row.bucket for row in plan] == [Bucket.HEADING, Bucket.READY, Bucket.MERGED, Bucket.MERGED]
    assert [row.merged_into for row in plan] == [None, None, 2, 2]
    values = party(plan, 2)
    assert values.name == "ООО «Ветер»"
    assert [phone.digits for phone in values.phones] == ["74951234567", "79161234567"]
    assert values.emails == ["a@example.org", "b@example.org"]
    assert [(who.name, who.position) for who in values.contacts] == [
        ("Иванов И. И.", "Директор"), ("Петрова А. А.", "")]
    assert [account.account for account in values.accounts] == ["40702810138250123017", "40702810200000000001"]
    assert (values.legal_address, values.actual_addresses) == ("г. Тула", ["г. Москва"])
    assert (values.manager, values.started_on) == ("Дроздова", date(2018, 5, 4))
    assert values.notes == ["В строке 3 другой менеджер: Сомова"]
    assert "same_party" in codes(row_of(plan, 3))


def test_another_kpp_is_a_question():
    branch = [ONE[0], "7707083893/540743001", *ONE[2:]]
    data = xlsx([FIRM, ONE, branch])
    assert (row_of(plan_of(data, PARTIES), 3).bucket, "kpp_differs" in codes(row_of(plan_of(data, PARTIES), 3))) == (
        Bucket.DOUBT, True)
    assert row_of(plan_of(data, PARTIES, Resolution(row=3, code="kpp_differs", action=ACCEPT)), 3).merged_into == 2
    kept = plan_of(data, PARTIES, Resolution(row=3, code="kpp_differs", action=KEEP))
    assert (row_of(kept, 3).bucket, party(kept, 3).kpp) == (Bucket.READY, "540743001")


def test_another_name_under_one_inn_is_a_question():
    plan = plan_of(xlsx([FIRM, ONE, ["ООО «Буран»", *ONE[1:]]]), PARTIES)
    assert (row_of(plan, 3).bucket, codes(row_of(plan, 3))) == (Bucket.DOUBT, ["name_differs"])


def test_a_namesake_with_a_right_inn_corrects_a_slip():
    data = xlsx([FIRM, ["ООО «Ветер»", "7707083894/770701001", *ONE[2:]], ONE])
    (problem,) = [item for item in row_of(plan_of(data, PARTIES), 2).row_problems() if item.code == "inn_twin"]
    assert problem.proposed_value == "ИНН 7707083893 КПП 770701001"
    assert "строке 3" in problem.message
    plan = plan_of(data, PARTIES, Resolution(row=2, code="inn_twin", action=ACCEPT))
    assert (row_of(plan, 2).bucket, row_of(plan, 3).merged_into) == (Bucket.READY, 2)


def test_a_namesake_without_an_inn_is_a_question():
    data = xlsx([FIRM, ONE, ["ООО «Ветер»", "н/д", *ONE[2:]], ["ООО «Ветер»", "н/д/540743001", *ONE[2:]]])
    plan = plan_of(data, PARTIES)
    assert codes(row_of(plan, 3)) == ["inn_missing", "same_name"]
    assert codes(row_of(plan, 4)) == ["inn_missing"]  # another КПП: another company
    plan = plan_of(data, PARTIES, Resolution(code="inn_missing", action=ACCEPT), Resolution(row=3, action=ACCEPT))
    assert [row.bucket for row in [*plan][1:]] == [Bucket.READY, Bucket.MERGED, Bucket.READY]


def test_a_row_that_waits_for_an_answer_is_not_merged_and_takes_nothing_over():
    asked = ["ООО «Ветер»", "7707083893/7707010", *ONE[2:]]
    plan = plan_of(xlsx([FIRM, asked, TWO, THREE]), PARTIES)
    assert [row.bucket for row in [*plan][1:]] == [Bucket.DOUBT, Bucket.READY, Bucket.MERGED]
    assert len(party(plan, 2).phones) == 1


def test_a_row_without_a_name_may_continue_the_row_above():
    more = ["", "", "", "Петрова А.А. – бухгалтер", "8 916 123-45-67", "", "", "", "", ""]
    data = xlsx([FIRM, more, ONE, more, more])
    plan = plan_of(data, PARTIES)
    assert [row.bucket for row in [*plan][1:]] == [Bucket.ERROR, Bucket.READY, Bucket.DOUBT, Bucket.DOUBT]
    assert codes(row_of(plan, 4)) == ["continuation"]
    plan = plan_of(data, PARTIES, Resolution(code="continuation", action=ACCEPT))
    assert [row.bucket for row in [*plan][1:]] == [Bucket.ERROR, Bucket.READY, Bucket.MERGED, Bucket.MERGED]
    assert [(who.name, who.role) for who in party(plan, 3).contacts] == [
        ("Иванов И. И.", ""), ("Петрова А. А.", "accountant")]
    assert len(party(plan, 3).phones) == 2
    kept = plan_of(data, PARTIES, Resolution(code="continuation", action=KEEP))
    assert row_of(kept, 4).bucket is Bucket.ERROR


def test_a_continuation_waits_for_the_row_it_continues():
    more = ["", "", "", "Петрова А.А.", "", "", "", "", "", ""]
    asked = ["ООО «Ветер»", "7707083893/7707010", *ONE[2:]]
    plan = plan_of(xlsx([FIRM, asked, more]), PARTIES, Resolution(code="continuation", action=ACCEPT))
    assert [row.bucket for row in [*plan][1:]] == [Bucket.DOUBT, Bucket.DOUBT]


GOODS = ["Артикул", "Товар", "Цена", "Штрихкод"]


def test_a_repeated_product_is_merged():
    plan = plan_of(xlsx([GOODS, ["A-1", "Датчик", 10, ""], ["a-1", "Датчик", 10, 4600332245382]]), PRODUCTS)
    assert (row_of(plan, 3).merged_into, product(plan, 2).barcodes) == (None, [])
    assert codes(row_of(plan, 3)) == ["sku_repeated"]
    plan = plan_of(xlsx([GOODS, ["A-1", "Датчик", 10, ""], ["a-1", "Датчик", 10, ""]]), PRODUCTS)
    assert (row_of(plan, 3).bucket, codes(row_of(plan, 3))) == (Bucket.MERGED, ["same_product"])


def test_a_repeated_article_with_another_price_is_a_question():
    data = xlsx([GOODS, ["A-1", "Датчик", 10, ""], ["A-1", "Датчик", 12, ""]])
    (problem,) = row_of(plan_of(data, PRODUCTS), 3).row_problems()
    assert (problem.code, problem.message) == ("sku_repeated", "Артикул уже был в строке 2, отличаются: цена")
    plan = plan_of(data, PRODUCTS, Resolution(code="sku_repeated", action=ACCEPT))
    assert (row_of(plan, 3).merged_into, product(plan, 2).prices["price"]) == (2, 12)


def test_a_repeated_barcode_is_a_question():
    data = xlsx([GOODS, ["A-1", "Датчик", 10, 4600332245382], ["A-2", "Клапан", 12, 4600332245382]])
    assert codes(row_of(plan_of(data, PRODUCTS), 3)) == ["barcode_repeated"]
    plan = plan_of(data, PRODUCTS, Resolution(code="barcode_repeated", action=ACCEPT))
    assert (row_of(plan, 3).bucket, product(plan, 3).barcodes) == (Bucket.READY, [])

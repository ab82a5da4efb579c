"""What needs no window: bodies, merging, packing of fields, words."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from crm_contract.base import Ref
from crm_contract.documents import KINDS
from crm_contract.kinds import Action
from crm_contract.stock import ExpectedRead
from crm_desktop.documents.actions import Offered, main_action, main_title
from crm_desktop.documents.bodies import document_body, extra_text, field_errors
from crm_desktop.documents.files import size_text
from crm_desktop.documents.merging import Version, merge, text_of
from crm_desktop.documents.related import name_of
from crm_desktop.documents.shortage import chosen_line, coming_text, shortage_text
from crm_desktop.widgets.line_rows import Line

DAY = date(2026, 11, 24)
OFFER = KINDS["offer"]


def test_a_body_takes_ids_and_texts() -> None:
    values = {"date": DAY, "party_id": Ref(id=7, title="Ветер"), "delivery": "ours", "valid_until": None, "title": "Т"}
    body = document_body(OFFER, values, [{"product_id": 1, "quantity": Decimal(2)}], None)
    assert (body.party_id, body.extra["delivery"], body.valid_until, body.lines[0].quantity) == (7, "ours", None, 2)
    assert extra_text(DAY) == "2026-11-24"
    assert [extra_text(value) for value in (None, False, True, 5)] == ["", "", "true", "5"]


def test_errors_of_a_body_are_told_in_words() -> None:
    with pytest.raises(ValidationError) as caught:
        document_body(OFFER, {"date": None, "title": "x" * 301}, [{"quantity": Decimal(-1)}], None)
    assert field_errors(caught.value) == {
        "date": "Заполните поле", "title": "Слишком длинный текст", "lines.0.quantity": "Не меньше нуля"}


def test_merging_takes_what_one_side_changed_and_asks_about_the_rest() -> None:
    base = Version({"title": "а", "comment": "б", "party_id": Ref(id=1, title="Один"), "amount": Decimal("1.00")},
                   [Line(id=1, quantity=Decimal(1))])
    mine = Version({**base.values, "title": "моё", "comment": "моё"}, [Line(id=1, quantity=Decimal("1.000"))])
    saved = Version({**base.values, "title": "чужое", "party_id": Ref(id=2, title="Два"), "amount": Decimal(1)},
                    [Line(id=1, quantity=Decimal(3))])
    result = merge(base, mine, saved, ["title", "comment", "party_id", "amount", "lines"])
    assert result.conflicts == ["title"]
    assert result.theirs == ["party_id", "lines"]
    assert text_of(OFFER, "party_id", saved) == "Два"
    assert text_of(OFFER, "delivery", Version({"delivery": "ours"})) == "Доставка нашей машиной"
    assert text_of(OFFER, "lines", saved).startswith("1\u00a0строка на ")


def test_the_main_button() -> None:
    post = Action("post", "Провести", ("draft",), primary=True)
    both = Action("confirm", "Подтвердить и зарезервировать", ("draft",), primary=True)
    assert main_action([Offered(both, "нельзя"), Offered(post)]) is post
    assert main_title(post) == "Провести и закрыть"
    assert main_title(both) == "Подтвердить и зарезервировать, закрыть"
    assert main_title(None) == "Записать и закрыть"
    assert main_title(post, closes=False) == "Провести"


def test_names_of_documents() -> None:
    assert name_of(KINDS["invoice"], "СЧ-000418") == "Счёт СЧ-000418"
    assert name_of(KINDS["issue"], "РН-004512") == "РН-004512"
    assert name_of(KINDS["upd"], "1207") == "УПД № 1207"
    assert name_of(KINDS["upd"], "") == "УПД"


def test_words_of_what_is_to_come() -> None:
    coming = [ExpectedRead(document_id=1, document="ЗС-000012", quantity=Decimal(20), due=date(2026, 12, 5)),
              ExpectedRead(document_id=None, document="документ вне ваших прав", quantity=Decimal(3), due=None)]
    assert coming_text(coming) == "Ожидается 20 к 05.12.2026 (ЗС-000012) и ещё в документах: 1."
    assert coming_text(coming[1:]) == "Ожидается 3 (документ вне ваших прав)."
    assert coming_text([]) == ""


def test_words_of_a_shortage() -> None:
    line = Line(quantity=Decimal(3), free=Decimal(2), unit_title="шт")
    assert shortage_text(line, "Основной", 0) == "на складе «Основной» свободно 2 из 3 шт."
    assert shortage_text(line, "", 2) == "свободно 2 из 3 шт. И ещё строк: 2"
    other = Line(quantity=Decimal(9), free=Decimal(-1))
    assert chosen_line([(0, line), (4, other)], 4) == (4, other)
    assert chosen_line([(0, line), (4, other)], 2) == (0, line)
    assert chosen_line([], 0) is None


def test_sizes_of_files() -> None:
    assert [size_text(size) for size in (10, 188_000, 2_500_000)] == ["1 КБ", "184 КБ", "2,4 МБ"]

from crm_contract.lists import Hit
from crm_desktop.shell.palette_items import PaletteGroup, PaletteItem, filtered, hit_groups, likeliest_first, matches


def item(title: str, subtitle: str = "") -> PaletteItem:
    return PaletteItem(title, lambda: None, subtitle)


def test_every_word_begins_a_word() -> None:
    assert matches(item("Новый документ: счёт на оплату"), "нов сч")
    assert not matches(item("Новый документ: счёт на оплату"), "нов упд")
    assert matches(item("Счета на оплату"), "СЧЕТА")
    assert matches(item("ООО «Северный ветер»"), "сев вет")


def test_the_other_keyboard_layout() -> None:
    assert matches(item("Клиенты"), "rkbtyns")
    assert matches(item("Excel"), "учсуд")


def test_empty_groups_go() -> None:
    groups = [PaletteGroup("Разделы", [item("Клиенты")]), PaletteGroup("Команды", [item("Новый клиент")])]
    assert [group.title for group in filtered(groups, "новый")] == ["Команды"]


def test_records_are_grouped_by_kind_in_the_order_found() -> None:
    hits = [Hit(entity="party", id=1, title="А", subtitle=""), Hit(entity="invoice", id=2, title="СЧ-1", subtitle=""),
            Hit(entity="party", id=3, title="Б", subtitle="", kind="contact"),
            Hit(entity="party", id=4, title="В", subtitle="")]
    groups = hit_groups(hits, lambda hit: lambda: None, lambda hit: "file")
    assert [(group.title, len(group.items)) for group in groups] == [
        ("Клиенты", 2), ("Документы", 1), ("Контакты", 1)]


def test_what_was_typed_stands_before_guesses_of_the_layout() -> None:
    contacts = PaletteGroup("Контакты", [item("Голубцов Л. Ю.", "golubtsov@torgovy-dom.example")])
    documents = PaletteGroup("Документы", [item("КП-000504 от 24.11.2026", "ООО «Завод»")])
    assert likeliest_first([contacts, documents], "кп") == [documents, contacts]
    assert likeliest_first([contacts, documents], "голуб") == [contacts, documents]
    assert likeliest_first([contacts, documents], "ujke,") == [contacts, documents]

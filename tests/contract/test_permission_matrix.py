from crm_contract.documents import KINDS
from crm_contract.permission_matrix import DOMAIN_TITLES, rights_objects
from crm_contract.permissions import Permission


def test_every_right_stands_in_the_matrix_once() -> None:
    objects = rights_objects()
    codes = [right.code for found in objects for right in found.rights]
    declared = {*Permission, *(kind.permission(verb) for kind in KINDS.values() for verb, _ in kind.verbs)}
    assert sorted(codes) == sorted(map(str, declared))
    assert [found.group for found in objects] == sorted(
        (found.group for found in objects), key=list(DOMAIN_TITLES).index)


def test_rights_of_one_object_are_one_row() -> None:
    parties = next(found for found in rights_objects() if found.code == "party")
    assert parties.title == "Контрагенты"
    assert [(right.verb, right.title) for right in parties.rights] == [
        ("view", "Смотреть"), ("edit", "Изменять"), ("merge", "Объединять дубли")]
    assert [right.title for right in parties.actions] == ["Объединять дубли"]
    stock = next(found for found in rights_objects() if found.code == "stock")
    assert "Резервы: снимать чужие" in [right.title for right in stock.actions]


def test_what_belongs_to_the_company_has_no_scope() -> None:
    scoped = {found.code: found.rights[0].scoped for found in rights_objects()}
    assert (scoped["invoice"], scoped["users"], scoped["settings"], scoped["product"]) == (True, True, False, False)

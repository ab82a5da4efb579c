"""Which values win when doubles are merged. Pure: no Qt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm_contract.parties import PARTY_KIND_TITLES, MergeBody, MergeCandidate, MergeDouble, PartyCard
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr


@dataclass(frozen=True, slots=True)
class MergeField:
    """`names` are the fields of the server that go together; `words(card)` is "" for nothing."""

    code: str
    title: str
    names: tuple[str, ...]
    words: Callable[[PartyCard], str]


def _text(name: str, title: str) -> MergeField:
    return MergeField(name, title, (name,), lambda card: str(getattr(card, name)))


def _ref(name: str, title: str) -> MergeField:
    def words(card: PartyCard) -> str:
        ref = getattr(card, name)
        return ref.title if ref is not None else ""

    return MergeField(name, title, (name,), words)


def _requisites(card: PartyCard) -> str:
    parts = ((tr("ИНН"), card.inn), (tr("КПП"), card.kpp), (tr("ОГРН"), card.ogrn))
    return ", ".join(f"{title} {value}" for title, value in parts if value)


FIELDS: Sequence[MergeField] = (
    _text("name", tr("Название")), _text("full_name", tr("Полное название")),
    MergeField("requisites", tr("Реквизиты"), ("inn", "kpp", "ogrn"), _requisites),
    _text("legal_address", tr("Юридический адрес")), _text("actual_address", tr("Фактический адрес")),
    _text("phone", tr("Телефон")), _text("email", tr("Почта")), _ref("manager", tr("Менеджер")),
    _ref("branch", tr("Филиал")), _ref("price_kind", tr("Вид цен")), _text("segment", tr("Сегмент")),
    MergeField("payment_days", tr("Отсрочка, дней"), ("payment_days",),
               lambda card: str(card.payment_days) if card.payment_days else ""),
    MergeField("debt_limit", tr("Лимит долга"), ("debt_limit",),
               lambda card: formatting.money(card.debt_limit, "RUB") if card.debt_limit is not None else ""),
    _text("director_title", tr("Должность руководителя")), _text("director_name", tr("Руководитель")),
    _text("director_basis", tr("Действует на основании")), _text("accountant_name", tr("Главный бухгалтер")),
    _text("note", tr("Примечание")),
)


def kind_words(card: PartyCard) -> str:
    return PARTY_KIND_TITLES[card.kind]


def differing(cards: Sequence[PartyCard]) -> list[MergeField]:
    """The fields in which the parties are not the same."""
    return [field for field in FIELDS if len({field.words(card) for card in cards}) > 1]


def likeliest(candidates: Sequence[MergeCandidate]) -> int:
    """Who should stay: an own organisation, then the one with the most behind it, then the oldest."""
    best = max(candidates, key=lambda one: (
        one.card.is_own, not one.card.archived, sum(move.count for move in one.moves), -one.card.id))
    return best.card.id


def first_choices(cards: Sequence[PartyCard], kept: int) -> dict[str, int]:
    """Field → whose value: the survivor's, where it is empty the first that is not."""
    ordered = sorted(cards, key=lambda card: card.id != kept)
    return {field.code: next((card.id for card in ordered if field.words(card)), kept) for field in differing(cards)}


def merge_body(cards: Sequence[PartyCard], kept: int, choices: Mapping[str, int]) -> MergeBody:
    taken: dict[int, list[str]] = {card.id: [] for card in cards if card.id != kept}
    for field in FIELDS:
        owner = choices.get(field.code, kept)
        if owner in taken:
            taken[owner].extend(field.names)
    version = next(card.version for card in cards if card.id == kept)
    return MergeBody(version=version, doubles=[
        MergeDouble(id=card.id, version=card.version, take=taken[card.id]) for card in cards if card.id != kept])

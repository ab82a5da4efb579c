"""What the palette lists: groups of items, filtered by the typed words in either keyboard layout."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from crm_contract.lists import Hit, Tone
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
_TO_LATIN = str.maketrans(_CYRILLIC_KEYS, _LATIN_KEYS)
HIT_GROUPS = {"party": tr("Клиенты"), "contact": tr("Контакты"), "product": tr("Номенклатура"),
              "employee": tr("Сотрудники")}
HIT_ICONS = {"party": Icon.BUILDING, "contact": Icon.USER, "product": Icon.CUBE, "employee": Icon.USER_CIRCLE}


@dataclass(frozen=True, slots=True)
class PaletteItem:
    """`run` is called after the palette closed. `note` stands at the right, `key` as a key cap."""

    title: str
    run: Callable[[], object]
    subtitle: str = ""
    icon: str = Icon.ARROW_RIGHT
    key: str = ""
    pill: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    title: str
    items: Sequence[PaletteItem] = field(default_factory=tuple)


def layouts(text: str) -> list[str]:
    """The text as typed, and as it would read in the other layout: `rkbtyn` finds «клиент»."""
    low = text.lower().replace("ё", "е")
    return list(dict.fromkeys((low, low.translate(_TO_CYRILLIC), low.translate(_TO_LATIN))))


def matches(item: PaletteItem, text: str) -> bool:
    """Every typed word begins a word of the item."""
    title = f"{item.title} {item.subtitle}".lower().replace("ё", "е")
    starts = title.replace("«", " ").split()
    return any(all(any(word.startswith(part) for word in starts) for part in variant.split())
               for variant in layouts(text))


def filtered(groups: Iterable[PaletteGroup], text: str) -> list[PaletteGroup]:
    found = [PaletteGroup(group.title, [item for item in group.items if matches(item, text)]) for group in groups]
    return [group for group in found if group.items]


def hit_groups(hits: Sequence[Hit], open_hit: Callable[[Hit], Callable[[], None]],
               icon_of: Callable[[Hit], str]) -> list[PaletteGroup]:
    """Records by kind, in the order the server found them."""
    groups: dict[str, list[PaletteItem]] = {}
    for hit in hits:
        sort = hit.kind if hit.kind in HIT_GROUPS else hit.entity  # a contact opens the card of its party
        title = HIT_GROUPS.get(sort, tr("Документы"))
        icon = HIT_ICONS.get(sort) or icon_of(hit)
        groups.setdefault(title, []).append(
            PaletteItem(hit.title, open_hit(hit), hit.subtitle, icon, tone=hit.tone))
    return [PaletteGroup(title, items) for title, items in groups.items()]


def likeliest_first(groups: Sequence[PaletteGroup], text: str) -> list[PaletteGroup]:
    """Groups that hold the text as typed stand before guesses («кп» read as «rg» finds «…@torg.example»)."""
    words = text.lower().replace("ё", "е").split()

    def is_guess(group: PaletteGroup) -> bool:
        texts = [f"{item.title} {item.subtitle}".lower().replace("ё", "е") for item in group.items]
        return not any(all(word in text for word in words) for text in texts)

    return sorted(groups, key=is_guess)

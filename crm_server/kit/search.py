"""Search keys: lower case, ё = е, and one key for both keyboard layouts.

`search_key()` in SQL (migrations/sql/search_key.sql) and `fold` here do the same: every Cyrillic letter becomes the
Latin key of the same place on the keyboard, so «Иванов» and `bdfyjd` have one key, and trigrams work in a database
without any locale. A rare false match («siemens» = «ышуьуты») costs nothing.
"""

from collections.abc import Sequence
from typing import Annotated

from psycopg import sql
from pydantic import Field

CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.t"
_TABLE = str.maketrans(CYRILLIC + CYRILLIC.upper(), LATIN + LATIN)
MAX_WORDS = 6
#: What is looked for, as a parameter of a route.
SearchText = Annotated[str, Field(max_length=200)]
TRIGRAM = 3
#: Search keys are kept without quotes. In a Latin word of a query the straight one is «Э» of the wrong layout.
QUOTES = "«»„“”"


def fold(text: str) -> str:
    """The search key of a text."""
    return text.translate(_TABLE).lower()


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def like_pattern(word: str) -> str:
    escaped = fold(word).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def words(text: str) -> list[str]:
    """The words of a query; a phone typed with spaces and brackets is one word of digits."""
    cleaned = text.replace("\x00", " ").strip()
    number = digits(cleaned)
    if len(number) >= 5 and all(c.isdigit() or c in " +()-.,/№" for c in cleaned):
        return [number]
    bare = (word.strip(QUOTES if word.isascii() else QUOTES + '"') for word in cleaned.split())
    return [word for word in bare if word][:MAX_WORDS]


def search_shape(text: str) -> tuple[bool, ...]:
    """Of each word, whether an index of trigrams can find it; what the text of a condition depends on."""
    return tuple(len(word) >= TRIGRAM for word in words(text))


def search_condition(columns: Sequence[str], text: str) -> tuple[sql.Composable, list[str]]:
    """Every word must occur in one of the columns (which hold search keys)."""
    parts: list[str] = []
    for indexed in search_shape(text):
        # An index of trigrams answers a shorter word with all it has: worse than none, so it is kept out.
        either = (f"{column} LIKE %s" if indexed else f"({column} || '') LIKE %s" for column in columns)
        parts.append("(" + " OR ".join(either) + ")")
    return sql.SQL(" AND ".join(parts) or "true"), search_params(columns, text)  # type: ignore[arg-type]


def search_params(columns: Sequence[str], text: str) -> list[str]:
    """The parameters of `search_condition`, whose text depends on `search_shape` alone."""
    return [like_pattern(word) for word in words(text) for _ in columns]

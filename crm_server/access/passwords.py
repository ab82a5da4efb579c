"""Passwords: Argon2id with explicit parameters. Routes that hash are declared so (`hashes=True`)."""

import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from crm_server.kit.errors import invalid

# OWASP minimum (t=2, m=19 MiB, p=1); the library's defaults take 0.27 s of two cores per log-in.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
MIN_LENGTH = 8

# Whole-password list, offline: the commonest choices and words of this house.
COMMON = frozenset({
    "12345678", "123456789", "1234567890", "qwertyui", "qwerty123", "password", "password1", "11111111", "00000000",
    "йцукенгш", "пароль12", "пароль123", "adminadmin", "administrator", "okno2026", "oknocrm1", "oknocrm2026",
    "87654321", "1q2w3e4r", "1qaz2wsx", "zaq12wsx", "asdfghjk", "iloveyou", "88888888", "77777777",
})


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def verify_password(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, _normal(password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_new_pin(pin: str) -> None:
    """Raises the INVALID refusal for digits that anybody tries first."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise invalid({"pin": "Такой ПИН-код легко угадать: возьмите разные цифры не подряд"})


#: Verified instead of a missing user's hash, so that known and unknown log-ins take the same time.
NOBODY = hash_password("nobody has this password")


def check_new_password(password: str, login: str, field: str = "new") -> None:
    """Raises the INVALID refusal for a password that is short, common or equal to the log-in."""
    word = _normal(password)
    if len(word) < MIN_LENGTH:
        raise invalid({field: f"Пароль короче {MIN_LENGTH} знаков"})
    if word.lower() in COMMON or word.lower() == login.lower() or len(set(word)) < 3:
        raise invalid({field: "Такой пароль легко угадать, придумайте другой"})

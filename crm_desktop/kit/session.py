"""Who is logged in and what they may do. The client hides by it; the server decides."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from crm_contract.access import Me
from crm_contract.permissions import Scope


class Session(QObject):
    """The token stays in memory; whoever wants to keep it uses the keyring."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._token = ""
        self._me: Me | None = None
        self._permissions: Mapping[str, int] = {}

    @property
    def token(self) -> str:
        """Read by worker threads too: a plain attribute."""
        return self._token

    @property
    def me(self) -> Me:
        """Raises LookupError before the log-in."""
        if self._me is None:
            raise LookupError("nobody is logged in")
        return self._me

    @property
    def is_open(self) -> bool:
        return self._me is not None

    def set_token(self, token: str) -> None:
        """Before it is known whose it is: `/api/me` is asked with it, then `open` follows."""
        self._token = token

    def open(self, token: str, me: Me) -> None:
        self._token = token
        self._me = me
        self._permissions = dict(me.permissions)
        self.changed.emit()

    def close(self) -> None:
        self._token = ""
        self._me = None
        self._permissions = {}
        self.changed.emit()

    def can(self, code: str) -> bool:
        """`can(Permission.PARTY_EDIT)`, `can(kind.permission("edit"))`."""
        return code in self._permissions

    def scope(self, code: str) -> Scope | None:
        """How far a permission reaches; None without it."""
        value = self._permissions.get(code)
        return Scope(value) if value is not None else None

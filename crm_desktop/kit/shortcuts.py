"""The registry of actions: each has an id, a Russian title and keys. Menus, the palette and the key list read it.

With the Russian layout active Qt does not fire Ctrl+S, because the key gives «Ы»; so every chord with a Latin
letter is bound together with its twin of the ЙЦУКЕН layout.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_LATIN = "QWERTYUIOPASDFGHJKLZXCVBNM"
_CYRILLIC = "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"
TWINS = dict(zip(_LATIN, _CYRILLIC, strict=True))
_BACK = {cyrillic: latin for latin, cyrillic in TWINS.items()}
GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """`context` is the page or widget kind where the keys work; `global` works everywhere."""

    id: str
    title: str
    keys: tuple[str, ...] = ()
    context: str = GLOBAL
    icon: str = ""

    @property
    def key_text(self) -> str:
        """The first chord as a hint beside the title."""
        return self.keys[0] if self.keys else ""


@dataclass(frozen=True, slots=True)
class LiveAction:
    """An action that can be run now, for the palette."""

    spec: ActionSpec
    run: Callable[[], object]


def twin(keys: str) -> str | None:
    """`Ctrl+S` -> `Ctrl+Ы`; None for a chord without a Latin letter."""
    *modifiers, last = keys.split("+")
    cyrillic = TWINS.get(last.upper()) if modifiers else None
    return "+".join((*modifiers, cyrillic)) if cyrillic else None


def sequences(keys: Sequence[str]) -> list[QKeySequence]:
    """Each chord and its twin."""
    chords = [chord for key in keys for chord in (key, twin(key)) if chord]
    return [QKeySequence(chord) for chord in dict.fromkeys(chords)]


def ctrl_letter(event: QKeyEvent) -> str:
    """The Latin letter of a Ctrl+letter chord whatever the layout, "" for anything else (in `keyPressEvent`)."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != Qt.KeyboardModifier.ControlModifier:
        return ""
    sign = chr(event.key()) if event.key() < 0x10000 else ""
    return _BACK.get(sign, sign if sign in TWINS else "")


class Shortcuts(QObject):
    """One per program. Register all actions at start, bind them where the widgets live."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._specs: dict[str, ActionSpec] = {}
        self._taken: dict[tuple[str, str], str] = {}
        self._bound: WeakKeyDictionary[QWidget, list[LiveAction]] = WeakKeyDictionary()

    def register(self, *specs: ActionSpec) -> None:
        """Raises ValueError for a repeated id, for keys taken in the context, and for a bare letter."""
        for spec in specs:
            if spec.id in self._specs:
                raise ValueError(f"action {spec.id} is registered twice")
            for key in spec.keys:
                self._claim(spec, key)
            self._specs[spec.id] = spec

    def _claim(self, spec: ActionSpec, key: str) -> None:
        chord = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
        if not chord:
            raise ValueError(f"{spec.id}: {key!r} is not a key")
        if len(chord) == 1 and chord.isalpha():
            raise ValueError(f"{spec.id}: a bare letter cannot be a shortcut, it is typing")
        contexts = {context for context, taken in self._taken if taken == chord}
        if spec.context in contexts or GLOBAL in contexts or (spec.context == GLOBAL and contexts):
            raise ValueError(f"{spec.id}: {chord} is taken")
        self._taken[spec.context, chord] = spec.id

    def spec(self, action_id: str) -> ActionSpec:
        """Raises KeyError for an action that is not registered."""
        return self._specs[action_id]

    def key_text(self, action_id: str) -> str:
        return self._specs[action_id].key_text

    def all(self) -> list[ActionSpec]:
        """For the list of keys (Ctrl+F1)."""
        return list(self._specs.values())

    def bind(
        self, widget: QWidget, action_id: str, run: Callable[[], object],
        scope: Qt.ShortcutContext = Qt.ShortcutContext.WidgetWithChildrenShortcut,
    ) -> QShortcut | None:
        """Makes the action work while the focus is inside the widget. None for an action without keys."""
        spec = self._specs[action_id]
        self._bound.setdefault(widget, []).append(LiveAction(spec, run))
        if not spec.keys:
            return None
        shortcut = QShortcut(widget)
        shortcut.setKeys(sequences(spec.keys))
        shortcut.setContext(scope)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(run)
        return shortcut

    def available(self) -> list[LiveAction]:
        """The actions of widgets that are on the screen and enabled, in the order of registration."""
        order = {action_id: number for number, action_id in enumerate(self._specs)}
        live = [
            action for widget, actions in self._bound.items()
            if isValid(widget) and widget.isVisible() and widget.isEnabled() for action in actions
        ]
        return sorted(live, key=lambda action: order[action.spec.id])

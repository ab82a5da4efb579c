"""The time that a list is asked for, beside its title: one day, or the first and the last day of a period."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.lists import ListQuery, Moment
from crm_desktop.kit import fonts
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.lists.profile import ListProfile
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.labels import muted
from crm_desktop.widgets.segmented import Segmented

WIDTH = 128


class MomentBar(QWidget):
    """`changed` when another day is chosen. Invisible for a list of now; a period begins with the current month."""

    changed = Signal()

    def __init__(self, moment: Moment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moment = moment
        today = date.today()
        self._since = DateEdit()
        self._until = DateEdit()
        self._asked: tuple[date | None, date | None] = (None, None)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        shown = {Moment.NOW: (), Moment.DAY: ((tr("на конец дня"), self._until),),
                 Moment.PERIOD: ((tr("с"), self._since), (tr("по"), self._until))}[moment]
        for words, field in shown:
            field.setFixedWidth(fonts.px(WIDTH))
            field.editor.setAccessibleName(words)
            field.edited.connect(self._on_edited)
            field.advanced.connect(self._on_edited)
            line.addWidget(muted(words))
            line.addWidget(field)
        self.set_days(today.replace(day=1), today)
        self.setVisible(bool(shown))

    @property
    def since(self) -> date | None:
        return self._since.value() if self.moment is Moment.PERIOD else None

    @property
    def until(self) -> date | None:
        return None if self.moment is Moment.NOW else self._until.value()

    def set_days(self, since: date | None, until: date | None) -> None:
        """Without the signal."""
        self._since.set_value(since)
        self._until.set_value(until)
        self._asked = (self.since, self.until)

    def ask(self, query: ListQuery) -> ListQuery:
        """The query about this time."""
        return query.model_copy(update={"since": self.since, "until": self.until})

    def state(self) -> dict[str, Any]:
        """Of a page, to be restored by `restore`; it is also what a link to the same time hands over."""
        return {name: day.isoformat() for name, day in (("since", self.since), ("until", self.until)) if day}

    def restore(self, state: Mapping[str, Any]) -> None:
        days = {name: date.fromisoformat(str(state[name])) for name in ("since", "until") if state.get(name)}
        if days:
            self.set_days(days.get("since", self._since.value()), days.get("until", self._until.value()))

    def _on_edited(self) -> None:
        now = (self.since, self.until)
        full = self.until is not None and (self.moment is not Moment.PERIOD or self.since is not None)
        if not full or now == self._asked:
            return
        if self.since and self.until and self.since > self.until:
            self._until.set_error(tr("Раньше начала"))
            return
        self._until.set_error("")
        self._asked = now
        self.changed.emit()


def sibling_choice(app: AppContext, profile: ListProfile, moment: MomentBar) -> Segmented:
    """Changes to another list of the same, at the same time."""
    def go(code: str) -> None:
        choice.set_value(profile.spec.code)
        app.navigator.open(f"list:{code}", **moment.state())

    choice = Segmented(profile.siblings, profile.spec.code, name=profile.spec.title)
    choice.changed.connect(go)
    return choice

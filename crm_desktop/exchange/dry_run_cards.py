"""What a load would do: the counts of all rows, and what will be written of the current one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_contract.exchange import Bucket, ImportCounts, PreviewRow
from crm_desktop.exchange.count_lines import CountLine, CountLines
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.labels import Label

#: Which rows stand behind a line of the dry run.
SHOWN_BUCKETS: dict[str, tuple[Bucket, ...]] = {
    "ready": (Bucket.READY,), "merged": (Bucket.MERGED,), "doubt": (Bucket.DOUBT,), "error": (Bucket.ERROR,),
    "skipped": (Bucket.SKIPPED,), "other": (Bucket.GROUP, Bucket.TOTAL, Bucket.HEADING, Bucket.BLANK), "all": (),
    "open": (Bucket.ERROR, Bucket.DOUBT), "table": tuple(set(Bucket) - {Bucket.HEADING, Bucket.BLANK}),
}


class DryRunCard(Card):
    """`opened(key)` names a line of `SHOWN_BUCKETS`."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Пробный прогон"), parent=parent)
        self._lines = CountLines(tr("Пробный прогон"))
        self._lines.opened.connect(self.opened)
        self.add(self._lines)

    def set_busy(self, on: bool) -> None:
        self.set_note(tr("считаю…") if on else "")

    def set_counts(self, counts: ImportCounts) -> None:
        self._lines.set_lines(dry_run_lines(counts), CountLine(tr("Всего строк"), counts.rows, key="all"))


def dry_run_lines(counts: ImportCounts) -> list[CountLine]:
    """The lines that say something; the first two and the errors always stand."""
    def of(*buckets: Bucket) -> int:
        return sum(counts.buckets.get(bucket, 0) for bucket in buckets)

    lines = [
        (CountLine(tr("Обновятся"), counts.update, "ok.mark", "ready"), True),
        (CountLine(tr("Добавятся"), counts.add, "accent", "ready"), True),
        (CountLine(tr("Без изменений"), counts.unchanged, "neutral.mark", "ready"), False),
        (CountLine(tr("Правила не пускают"), counts.unmatched, "neutral.mark", "ready"), False),
        (CountLine(tr("Объединены с другой строкой"), of(Bucket.MERGED), "info.mark", "merged"), False),
        (CountLine(tr("Ждут ответа"), of(Bucket.DOUBT), "warn.mark", "doubt"), False),
        (CountLine(tr("С ошибкой"), of(Bucket.ERROR), "error.mark", "error"), True),
        (CountLine(tr("Пропущены"), of(Bucket.SKIPPED), "disabled", "skipped"), False),
        (CountLine(tr("Шапка, группы, пустые"), of(*SHOWN_BUCKETS["other"]), "button_border", "other"), False),
    ]
    return [line for line, always in lines if always or line.count]


class RowCard(Card):
    """What will be written of the current row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Что запишется"), parent=parent)
        self._fields: list[QWidget] = []
        self._words = Label("", FontRole.CAPTION, "muted", wrap=True)
        self.add(self._words)
        self.body.setSpacing(4)

    def show_row(self, row: PreviewRow | None) -> None:
        for widget in self._fields:
            widget.hide()
            self.body.removeWidget(widget)
            widget.deleteLater()
        self._fields = []
        self.set_note(tr("строка {number}").format(number=row.number) if row is not None else "")
        self._words.setText(_fate(row) if row is not None else tr("Выберите строку"))
        if row is None or row.bucket not in (Bucket.READY, Bucket.MERGED, Bucket.DOUBT, Bucket.ERROR):
            return
        for title, text in row.values.items():
            for label in (Label(title, FontRole.CAPTION, "muted"), Label(text, FontRole.BODY, wrap=True)):
                self._fields.append(label)
                self.add(label)


def _fate(row: PreviewRow) -> str:
    """One sentence about where a row ends up."""
    if row.bucket is Bucket.READY:
        return tr("Обновит карточку «{title}»").format(title=row.match.title) if row.match else tr("Новая карточка")
    return {
        Bucket.MERGED: tr("Данные перейдут в другую строку той же карточки"),
        Bucket.DOUBT: tr("Ждёт ответа; до него не загрузится"), Bucket.ERROR: tr("С ошибкой, не загрузится"),
        Bucket.SKIPPED: tr("Пропущена"), Bucket.GROUP: tr("Заголовок группы"), Bucket.TOTAL: tr("Итог"),
        Bucket.HEADING: tr("Шапка или текст вне таблицы"), Bucket.BLANK: tr("Пустая строка"),
    }[row.bucket]

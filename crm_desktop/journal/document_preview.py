"""The pane beside a list of documents: what it is about, what came of it, who said what."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.documents import KINDS, ChainNode, CommentRead, DocumentRead
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine, LoadedPreview
from crm_desktop.widgets.labels import ElidedLabel, Label, Link
from crm_desktop.widgets.pills import Pill

SHOWN_COMMENTS = 3


class DocumentPreview(LoadedPreview[DocumentRead]):
    head = "number"

    def load(self, key: int) -> DocumentRead:
        return self.app.api.get(f"/api/documents/{key}", DocumentRead)

    def show_answer(self, document: DocumentRead) -> None:
        kind = KINDS[document.kind]
        state = kind.workflow.state(document.state)
        self.clear()
        party = document.party.title if document.party else ""
        self.show_head(document.number or tr("Без номера"), f"{kind.title} · {party}" if party else kind.title,
                       state.title, state.tone)
        self.add_block("", self._facts(document))
        if document.chain:
            lines = [self._chain_line(node) for node in document.chain if node.id != document.id and node.visible]
            if lines:
                self.add_block(tr("Связанные документы"), lines)
        if document.comments:
            self.add_block(tr("Комментарии"), [
                line for comment in document.comments[-SHOWN_COMMENTS:] for line in _comment_lines(comment)])

    def _facts(self, document: DocumentRead) -> list[QWidget]:
        lines: list[QWidget] = [IconLine(Icon.CALENDAR_BLANK, _dates(document))]
        if KINDS[document.kind].has_sum:
            lines.append(IconLine(Icon.MONEY, formatting.money(document.gross, "RUB"), strong=True))
        if document.employee is not None:
            lines.append(IconLine(Icon.USER_BADGE, document.employee.title))
        if document.employee_to is not None:
            lines.append(IconLine(Icon.ARROW_RIGHT, document.employee_to.title))
        if document.responsible is not None:
            lines.append(IconLine(Icon.USER, document.responsible.title))
        if document.place is not None:
            way = [document.place.title, *([document.place_to.title] if document.place_to is not None else [])]
            lines.append(IconLine(Icon.PACKAGE, " → ".join(way)))
        lines += [IconLine(Icon.CHECK_CIRCLE, f"{fact.title}: {fact.text}", tone=fact.tone.value)
                  for fact in document.facts]
        return lines

    def _chain_line(self, node: ChainNode) -> QWidget:
        line = QWidget()
        box = QHBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        link = Link(KINDS[node.kind].named(node.number))
        link.clicked.connect(lambda: self.app.navigator.open(node.kind, node.id))
        box.addWidget(link)
        box.addStretch(1)
        box.addWidget(Pill(node.state_title, node.tone))
        return line


def _dates(document: DocumentRead) -> str:
    until = document.due_date or document.valid_until
    first = formatting.day(document.date)
    return tr("{first}, до {until}").format(first=first, until=formatting.day(until)) if until else first


def _comment_lines(comment: CommentRead) -> list[QWidget]:
    who = ElidedLabel(f"{comment.author} · {formatting.moment_near(comment.at)}", FontRole.CAPTION, "muted")
    return [Label(comment.text, wrap=True), who]

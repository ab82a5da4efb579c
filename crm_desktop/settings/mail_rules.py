"""The rules of letters as a matrix «document × contact role», and who gets what of a chosen customer."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.lists import Tone
from crm_contract.mailing import (
    LETTER_EVENT_TITLES,
    LetterEvent,
    RoutingRule,
    RoutingRuleBody,
    RoutingRulesBody,
    RulePreview,
    RulesPreviewBody,
    events_of,
)
from crm_contract.parties import ContactRole
from crm_contract.permission_matrix import DOMAIN_TITLES
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.picks import pick_search
from crm_desktop.lists.preview import IconLine
from crm_desktop.settings.form_page import FormPage
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE, Card
from crm_desktop.widgets.check_matrix import Cell, Check, CheckMatrix, MatrixColumn, MatrixRow
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.scrolled import scrolled

Rules = dict[tuple[str, LetterEvent, str], bool]
Answer = tuple[list[RoutingRule], list[ContactRole]]

PREVIEW_WIDTH = 248
HINT = tr("Отметьте, контакты с какой ролью получают документ. Счёт, который не оплатили в срок, уходит по строке "
          "«напоминание».")


def sent_kinds() -> list[DocumentKind]:
    """The kinds that have somebody to be sent to."""
    return [kind for kind in KINDS.values() if kind.header("party_id") is not None]


def rule_rows(rules: Rules, saved: Rules, roles: Sequence[ContactRole]) -> list[MatrixRow]:
    """Kinds by their domain; a kind that can be reminded of has a row for the reminder."""
    rows: list[MatrixRow] = []
    domain = ""
    for kind in sent_kinds():
        if kind.domain != domain:
            domain = kind.domain
            rows.append(MatrixRow(f"group:{domain}", DOMAIN_TITLES.get(domain, domain), heading=True))
        for event in events_of(kind):
            is_document = event is LetterEvent.DOCUMENT
            cells = {role.code: _cell((kind.code, event, role.code), rules, saved) for role in roles}
            rows.append(MatrixRow(f"{kind.code}/{event}", kind.short if is_document else tr("напоминание"),
                                  level=1 if is_document else 2, cells=cells))
    return rows


def _cell(key: tuple[str, LetterEvent, str], rules: Rules, saved: Rules) -> Cell:
    on = rules.get(key, False)
    return Cell(Check.ON if on else Check.OFF, changed=on != saved.get(key, False))


class MailRulesPage(FormPage):
    watches = frozenset({"routing_rule", "contact_role"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(app, tr("Правила получателей"), Permission.MAIL_RULES)
        self._rules: Rules = {}
        self._saved: Rules = {}
        self._roles: list[ContactRole] = []
        self.matrix = CheckMatrix(tr("Документ"), (), self.title, first_width=112)
        self.matrix.toggled.connect(self._toggle)
        self.preview = WhoGets(app, self._bodies)
        body = QHBoxLayout()
        body.setSpacing(CARD_GAP)
        body.addWidget(self.matrix, 1)
        body.addWidget(self.preview)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addWidget(self.header)
        outer.addWidget(self.messages)
        outer.addWidget(Label(HINT, FontRole.BODY, "muted", wrap=True))
        outer.addLayout(body, 1)

    def focus_start(self) -> None:
        self.matrix.setFocus()

    def read(self) -> Answer:
        return (self.app.api.get("/api/mail/rules", list[RoutingRule]),
                self.app.api.get("/api/contact-roles", list[ContactRole]))

    def show_answer(self, answer: Answer) -> None:
        rules, self._roles = answer
        self._saved = {(rule.kind, rule.event, rule.role): True for rule in rules if rule.active}
        self._read = rules
        self._rules = dict(self._saved)
        self.matrix.set_columns([MatrixColumn(role.code, role.title, 70) for role in self._roles])
        self._show()

    def is_changed(self) -> bool:
        return self._rules != self._saved

    def sending(self) -> Callable[[], Answer]:
        before = [RoutingRuleBody(kind=rule.kind, event=rule.event, role=rule.role, active=rule.active)
                  for rule in self._read]
        body = RoutingRulesBody(rules=self._bodies(), before=before)

        def send() -> Answer:
            self.app.api.put("/api/mail/rules", list[RoutingRule], body)
            return self.read()

        return send

    def _bodies(self) -> list[RoutingRuleBody]:
        return [RoutingRuleBody(kind=kind, event=event, role=role) for kind, event, role in self._rules]

    def _toggle(self, row: str, column: str) -> None:
        if not self.may_edit:
            return
        kind, _, event = row.partition("/")
        key = (kind, LetterEvent(event), column)
        if not self._rules.pop(key, False):
            self._rules[key] = True
        self._show()
        self.check_dirty()

    def _show(self) -> None:
        self.matrix.set_rows(rule_rows(self._rules, self._saved, self._roles))
        self.preview.ask()


class WhoGets(Card):
    """«Кто это получит»: by the rules as they are on the screen, saved or not."""

    def __init__(self, app: AppContext, rules: Callable[[], list[RoutingRuleBody]],
                 parent: QWidget | None = None) -> None:
        super().__init__(tr("Кто это получит"), margins=False, parent=parent)
        self.setFixedWidth(PREVIEW_WIDTH)
        self._app = app
        self._rules = rules
        self.party = RefEdit(tr("Клиент"), pick_search(app, "party"), hint=tr("Выберите клиента"))
        self.party.edited.connect(self.ask)
        self._content = QVBoxLayout()
        self._content.setSpacing(4)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(15, 0, 15, 12)
        inner.addWidget(self.party)
        inner.addLayout(self._content)
        inner.addStretch(1)
        self.add(scrolled(holder), 1)

    def ask(self) -> None:
        party = self.party.value()
        if party is None:
            self._clear()
            return
        body = RulesPreviewBody(party_id=party, rules=self._rules())
        self._app.tasks.run(self, lambda: self._app.api.query("/api/mail/rules/preview", list[RulePreview], body),
                            self.show_found, key="preview")

    def show_found(self, found: Sequence[RulePreview]) -> None:
        self._clear()
        for preview in found:
            kind = KINDS[preview.kind]
            is_document = preview.event is LetterEvent.DOCUMENT
            title = kind.title if is_document else f"{kind.short}, {LETTER_EVENT_TITLES[preview.event]}"
            heading = caption(title)
            heading.setContentsMargins(0, 6, 0, 0)
            self._content.addWidget(heading)
            chosen = [one for one in preview.recipients if one.chosen]
            for one in chosen:
                line = IconLine(Icon.ENVELOPE, f"{one.name} · {one.email}")
                line.setToolTip(one.why)
                self._content.addWidget(line)
            if not chosen:
                nobody = IconLine(Icon.PROHIBIT, tr("никто по правилу"), tone=Tone.WARN.value)
                nobody.setToolTip(preview.rule)
                self._content.addWidget(nobody)

    def _clear(self) -> None:
        while (item := self._content.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

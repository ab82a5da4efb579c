"""The mail server: what the operator set, what waits in the queue, a letter to try it."""

from functools import partial

from PySide6.QtWidgets import QGridLayout

from crm_contract.lists import Condition, Op, Tone
from crm_contract.mailing import LetterState, MailServerRead, MailTestRead
from crm_contract.permissions import Permission
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.settings.record import CardHeader, lay_out
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import Label, Link, caption

TLS_TITLES = {"none": tr("без шифрования"), "starttls": "STARTTLS", "tls": "TLS"}
WHERE = tr("Адрес, имя и пароль почтового сервера задаёт администратор сервера переменными CRM_SMTP_*: пароль не "
           "хранится в базе и не виден в программе. После изменения сервер перезапускают.")


class MailServerPage(Page):
    watches = frozenset({"letter"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(tr("Почтовый сервер"))
        self.setObjectName("page")
        self.app = app
        self.messages = MessageBar()
        header = CardHeader(self.title, menu=False)
        header.save.hide()
        self.test = Button(tr("Отправить проверочное письмо себе"), icon=Icon.SEND)
        self.test.clicked.connect(self.send_test)
        self.test.set_why_not("" if app.session.can(Permission.SETTINGS_EDIT) else tr("Нет права изменять настройки"))
        header.add(self.test)
        self._header = header
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(24)
        self._facts.setColumnStretch(1, 1)
        self._waiting, self._failed = Link(), Link()
        self._waiting.clicked.connect(lambda: self._open_letters(LetterState.QUEUED, LetterState.SENDING))
        self._failed.clicked.connect(lambda: self._open_letters(LetterState.FAILED))
        server, queue = Card(tr("Отправка")), Card(tr("Очередь"))
        server.add(self._facts)
        server.add(Label(WHERE, FontRole.CAPTION, "muted", wrap=True))
        queue.add(row(caption(tr("Ждут отправки")), None, self._waiting))
        queue.add(row(caption(tr("Не доставлены")), None, self._failed))
        lay_out(self, header, self.messages, [[server, queue]])

    def activate(self) -> None:
        self.refresh()
        self.test.setFocus()

    def refresh(self, ids: object = None) -> None:
        self.app.tasks.run(self, lambda: self.app.api.get("/api/mail/server", MailServerRead), self._show, key="read")

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def send_test(self) -> None:
        self.messages.clear()
        self.app.tasks.run(self, partial(self.app.api.post, "/api/mail/test", MailTestRead), self._tested,
                           key="test", busy=self.test)

    def _tested(self, answer: MailTestRead) -> None:
        self.messages.show_message(tr("Письмо ушло на {to}: почтовый сервер его принял").format(to=answer.to), Tone.OK)

    def _show(self, server: MailServerRead) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._header.set_pill(tr("настроен") if server.configured else tr("не настроен"),
                              Tone.OK if server.configured else Tone.WARN)
        facts = (
            (tr("Сервер"), f"{server.host}:{server.port}" if server.configured else tr("не задан")),
            (tr("Шифрование"), TLS_TITLES.get(server.tls, server.tls)),
            (tr("Имя для входа"), server.user or tr("без входа")),
            (tr("Пароль"), tr("задан") if server.has_password else tr("не задан")),
            (tr("Письма от"), server.sender or tr("не задано")),
        )
        for number, (title, text) in enumerate(facts):
            self._facts.addWidget(caption(title), number, 0)
            self._facts.addWidget(Label(text, FontRole.MEDIUM, wrap=True), number, 1)
        self._waiting.setText(formatting.integer(server.waiting))
        self._failed.setText(formatting.integer(server.failed))

    def _open_letters(self, *states: LetterState) -> None:
        if self.app.navigator.knows("list:letters"):
            condition = Condition(column="state", op=Op.IN, value=list(states))
            self.app.navigator.open("list:letters", conditions=[condition.model_dump(mode="json")])

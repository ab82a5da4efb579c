"""Settings of the company: the registry that both programs read, and how they travel."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import Field, StrictBool, StrictInt, StrictStr

from crm_contract.base import Answer, Request

Value = TypeVar("Value", int, str, bool)


class SettingType(StrEnum):
    INTEGER = "integer"
    TEXT = "text"
    MULTILINE = "multiline"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """One setting with what holds until the company changes it.

    `least` and `most` bound a number, or the length of a text.
    """

    code: str
    title: str
    group: str
    default: Value
    hint: str = ""
    least: int = 0
    most: int = 200
    multiline: bool = False

    @property
    def type(self) -> SettingType:
        if isinstance(self.default, bool):
            return SettingType.FLAG
        if isinstance(self.default, int):
            return SettingType.INTEGER
        return SettingType.MULTILINE if self.multiline else SettingType.TEXT

    def check(self, value: object) -> str:
        """"" for a value that fits, else what is wrong with it."""
        if type(value) is not type(self.default):
            return f"{self.title}: значение другого вида"
        if isinstance(value, bool):
            return ""
        if isinstance(value, int):
            return "" if self.least <= value <= self.most else f"{self.title}: от {self.least} до {self.most}"
        size = len(str(value))
        if size < self.least:
            return f"{self.title}: заполните поле"
        return "" if size <= self.most else f"{self.title}: не длиннее {self.most} знаков"


COMPANY_NAME = Setting("company_name", "Название компании", "Компания", "", "В заголовке окна и в письмах")
QUOTE_DAYS = Setting("quote_days", "КП действует, дней", "Сроки", 14, least=1, most=365)
CONTRACT_DAYS = Setting("contract_days", "Договор действует, дней", "Сроки", 365, least=1, most=3650)
INVOICE_DAYS = Setting("invoice_days", "Счёт оплатить за, дней", "Сроки", 5, least=0, most=365)
RESERVE_DAYS = Setting("reserve_days", "Резерв держится, дней", "Сроки", 5, "Потом товар снова свободен", 1, 365)
CUSTODY_DAYS = Setting("custody_days", "Подотчёт: вернуть через, дней", "Сроки", 30,
                       "Срок сотруднику, если у него нет своего", 1, 3650)
CUSTODY_LIMIT = Setting("custody_limit", "Подотчёт: не больше, ₽ на сотрудника", "Склад", 0,
                        "По себестоимости; 0 — без лимита. Свой лимит — в карточке сотрудника", 0, 1_000_000_000)
LEAD_DAYS = Setting("lead_days", "Поставка идёт, дней", "Склад", 7,
                    "Для норм запаса, пока срок поставщика не известен", 0, 365)
SAFETY_DAYS = Setting("safety_days", "Страховой запас, дней расхода", "Склад", 5,
                      "Минимум = расход за срок поставки и эти дни", 0, 365)
ORDER_DAYS = Setting("order_days", "Заказывать на, дней расхода", "Склад", 14,
                     "Пополнять до = минимум и расход за эти дни", 1, 365)
VAT_PRICES_INCLUDED = Setting("vat_prices_included", "Цены с НДС", "Цены", True,
                              "В новых документах НДС входит в цену")
RECOUNT_SUM = Setting("recount_sum", "Второй подсчёт при расхождении от, ₽", "Инвентаризация", 5000,
                      "Считает другой человек; 0 — сумма не важна", most=1_000_000_000)
RECOUNT_PERCENT = Setting("recount_percent", "Второй подсчёт при расхождении от, %", "Инвентаризация", 20,
                          "От количества по учёту; 0 — процент не важен", most=100)
MAIL_GREETING = Setting("mail_greeting", "Приветствие", "Письма", "Здравствуйте!")
MAIL_ENDING = Setting("mail_ending", "Окончание письма", "Письма", "С уважением,", "Перед именем отправителя",
                      most=2000, multiline=True)

SETTINGS: Sequence[Setting[Any]] = (
    COMPANY_NAME, QUOTE_DAYS, CONTRACT_DAYS, INVOICE_DAYS, RESERVE_DAYS, CUSTODY_DAYS, CUSTODY_LIMIT,
    LEAD_DAYS, SAFETY_DAYS, ORDER_DAYS, VAT_PRICES_INCLUDED, RECOUNT_SUM, RECOUNT_PERCENT, MAIL_GREETING, MAIL_ENDING,
)
_BY_CODE = {setting.code: setting for setting in SETTINGS}


def setting_of(code: str) -> Setting[Any] | None:
    return _BY_CODE.get(code)


class SettingRead(Answer):
    """`version` 0: nobody has changed it yet, the value is the default."""

    code: str
    value: bool | int | str
    version: int


class SettingChange(Request):
    code: str = Field(max_length=60)
    value: StrictBool | StrictInt | StrictStr
    version: int


class SettingsBody(Request):
    """Only the settings that the person changed, each in the version that was shown."""

    changes: list[SettingChange] = Field(min_length=1, max_length=100)

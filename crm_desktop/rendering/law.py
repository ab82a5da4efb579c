"""Forms by date: what a blank says depends on the day of the document, not on the day of printing."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UpdForm:
    """One edition of the blank of УПД (СФ of Постановление 1137 with the block of the ФНС letter ММВ-20-3/96@)."""

    since: date
    decree: str
    has_advance_line: bool   # line (5б)
    sole_caption: str        # under the registration of a sole proprietor
    transfer_from: int = 8   # bracket number of the first line of the transfer block


_CERTIFICATE = "(реквизиты свидетельства о государственной регистрации индивидуального предпринимателя)"
_OGRNIP = (
    "(основной государственный регистрационный номер индивидуального предпринимателя и дата присвоения такого номера)"
)

UPD_FORMS: tuple[UpdForm, ...] = (
    UpdForm(date(2026, 4, 1), "от 23 января 2026 г. № 26", True, _OGRNIP),
    UpdForm(date(2024, 10, 1), "от 16 августа 2024 г. № 1096", False, _CERTIFICATE),
    UpdForm(date(2021, 7, 1), "от 2 апреля 2021 г. № 534", False, _CERTIFICATE),
)


def upd_form(day: date) -> UpdForm:
    """The blank in force on a day; the oldest known one for earlier days."""
    return next((form for form in UPD_FORMS if form.since <= day), UPD_FORMS[-1])

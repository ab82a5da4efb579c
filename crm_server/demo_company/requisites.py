"""Requisites with right check digits that belong to nobody.

ИНН, КПП and ОГРН name the tax office 99 of a region, which no region has; the banks stand in a region 99 that does not
exist either; the telephone exchange 000 is given to nobody.
"""

from itertools import count

from stdnum import ean
from stdnum.ru import inn, ogrn

from crm_contract.parties import AccountBody
from crm_contract.requisites import check_account
from crm_server.demo_company.chance import Chance

BANKS = (("Банк-Пример", "049999101"), ("Первый показательный банк", "049999102"), ("Учебный кредит", "049999103"),
         ("Образцовый банк", "049999104"))


def company_inn(region: str, number: int) -> str:
    body = f"{region}99{number:05}"
    return body + inn.calc_company_check_digit(body)


def personal_inn(region: str, number: int) -> str:
    body = f"{region}99{number:06}"
    return body + inn.calc_personal_check_digits(body)


def kpp(region: str) -> str:
    return f"{region}9901001"


def company_ogrn(region: str, year: int, number: int) -> str:
    return _with_key(f"1{year % 100:02}{region}99{number:05}")


def personal_ogrn(region: str, year: int, number: int) -> str:
    return _with_key(f"3{year % 100:02}{region}99{number:07}")


def _with_key(body: str) -> str:
    return body + ogrn.calc_check_digit(body + "0")[-1]


def barcode(number: int) -> str:
    """EAN-13 of the range 29, which is for use inside a company."""
    body = f"29{number:010}"
    return body + ean.calc_check_digit(body)


def account(chance: Chance, head: str = "40702810", *, main: bool = False) -> AccountBody:
    """A settlement account in one of the invented banks; a sole proprietor's has the head 40802810."""
    bank, bic = chance.choice(BANKS)
    tail = f"{chance.randrange(10**11):011}"
    return AccountBody(bic=bic, bank=bank, main=main, account=_keyed(head, tail, bic),
                       corr_account=_keyed("30101810", f"00000000{bic[-3:]}", bic))


def _keyed(head: str, tail: str, bic: str) -> str:
    return next(text for key in range(10) if not check_account(text := f"{head}{key}{tail}", bic))


class Phones:
    """Numbers that nobody has, each given once."""

    def __init__(self) -> None:
        self._next = {"495": count(1001), "843": count(1001), "9": count(101)}

    def office(self, area: str) -> str:
        number = next(self._next[area])
        return f"+7 {area} 000-{number // 100:02}-{number % 100:02}"

    def mobile(self) -> str:
        number = next(self._next["9"])
        return f"+7 9{number // 10000:02} 000-{number // 100 % 100:02}-{number % 100:02}"

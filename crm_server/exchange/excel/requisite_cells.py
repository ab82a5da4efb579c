"""ИНН, КПП, ОГРН and bank accounts as lists hold them: two in one cell, without leading zeros, mangled by Excel."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from crm_contract.exchange import Severity
from crm_contract.requisites import check_account, check_bic, check_inn, check_kpp, check_ogrn
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.cells import LOOK_ALIKES, NONE, Finding, Findings, as_digits, is_empty

_SCIENTIFIC = re.compile(r"\d+[.,]?\d*[EеЕe]\+?\d{1,2}")
_USUAL = re.compile(r"(\d{10}|\d{12})(?:/(\d{9}))?")
_LABELLED = re.compile(r"(ИНН|КПП|ОГРНИП|ОГРН)[\s:№.=–-]*((?:[0-9OОЗ][\s-]?)+)", re.IGNORECASE)
_PAIR_LABEL = re.compile(r"ИНН\s*[/\\и]\s*КПП[\s:]*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/\\|,;()\n]+")
_GROUPING = re.compile(r"[\s.\-–]+")
_ACCOUNT_IN_TEXT = re.compile(r"(?<!\d)(\d{5}[\s.]?[\dA-Z]\d{2}[\s.]?\d[\s.]?\d{4}[\s.]?\d{7})(?!\d)")
_BIC_IN_TEXT = re.compile(r"БИК\D{0,4}(\d{8,9})(?!\d)|(?<!\d)(0[0-4]\d{7})(?!\d)", re.IGNORECASE)
_BIC_LABEL = re.compile(r"^БИК\W*", re.IGNORECASE)
_BANK_IN_TEXT = re.compile(
    r"(?:(?:ПАО|АО|ОАО|ЗАО|ООО|КБ|АКБ|НКО|ФИЛИАЛ|Филиал|ф-л)\s*)+[^,;\d]*[«\"][^»\"]+[»\"][^,;\d]*"
    r"|(?:(?:ПАО|АО|ОАО|ЗАО|ООО|КБ|АКБ)\s+)?[А-ЯЁ][\w-]*[Бб]анк\w*(?:\s+г\.?\s*[А-ЯЁ][\w-]+)?"
    r"|БАНК(?:\s+[^,;\d]+)?|[Бб]анк\w*\s+[«\"]?[А-ЯЁ][^,;\d]*")
_EXCEL_DIGITS = 10**15  # Excel keeps 15 digits of a number and writes zeros for the rest


@dataclass(slots=True)
class Codes:
    """Codes of one party as they stand in the cell, right or wrong; `rest` is what else the cell says."""

    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    rest: str = ""


@dataclass(slots=True)
class BankAccount:
    account: str = ""
    bic: str = ""
    bank: str = ""
    corr_account: str = ""


def codes_value(cell: Cell, expects: str = "inn_kpp") -> tuple[Codes, Findings]:
    """`expects` is the meaning of the column: inn_kpp, inn, kpp or ogrn; it decides what a lonely number is.

    «7701…/7701…», «ИНН 77… КПП 77…», «н/д/743401001», a 12-digit ИНН alone, a number without its leading zero.
    """
    if isinstance(cell, str) and (usual := _USUAL.fullmatch(cell)):
        codes = Codes(usual[1], usual[2] or "")
        return codes, _findings(codes, numeric=False) if _is_doubtful(codes) else NONE
    numeric = isinstance(cell, int | Decimal)
    text = as_digits(cell)
    if is_empty(cell):
        return Codes(), NONE
    if _SCIENTIFIC.fullmatch(text):
        return Codes(), (_lost_digits(_TITLES.get(expects, "ИНН")),)
    codes = Codes()
    findings: list[Finding] = []
    if usual := _USUAL.fullmatch(text):
        pieces = [(kind, code) for kind, code in (("inn", usual[1]), ("kpp", usual[2])) if code]
    else:
        pieces, codes.rest = _labelled_pieces(text)
        if codes.rest:
            findings.append(Finding(Severity.NOTE, "requisites_rest", f"Записано в примечание: «{codes.rest}»"))
        pieces = pieces or _bare_pieces(text, expects)
    for kind, piece in pieces:
        if kind:
            _assign(codes, kind, piece, findings)
        else:
            findings.append(Finding(Severity.DOUBT, "requisites", f"Не похоже на ИНН и КПП: «{piece}»",
                                    "Загрузить без них", ""))
    findings.extend(_findings(codes, numeric))
    return codes, tuple(findings)


def _is_doubtful(codes: Codes) -> bool:
    return bool(check_inn(codes.inn) or check_kpp(codes.kpp) or (codes.kpp and len(codes.inn) == 12))


def _findings(codes: Codes, numeric: bool) -> Findings:
    findings: list[Finding] = []
    if codes.inn:
        findings.extend(_inn_findings(codes, numeric))
    if codes.kpp:
        findings.extend(_kpp_findings(codes, numeric))
    if codes.ogrn and (message := check_ogrn(codes.ogrn)):
        rest = _joined(replace(codes, ogrn=""))
        findings.append(Finding(Severity.DOUBT, "ogrn", message, "Загрузить без ОГРН", rest))
    return tuple(findings)


_TITLES = {"inn": "ИНН", "kpp": "КПП", "ogrn": "ОГРН", "inn_kpp": "ИНН"}


def _labelled_pieces(text: str) -> tuple[list[tuple[str, str]], str]:
    """The labelled codes and what else the cell says."""
    text = _PAIR_LABEL.sub("", text)
    kinds = {"ИНН": "inn", "КПП": "kpp", "ОГРН": "ogrn", "ОГРНИП": "ogrn"}
    found = [(kinds[label.upper()], _GROUPING.sub("", digits)) for label, digits in _LABELLED.findall(text)]
    rest = _LABELLED.sub(" ", text).strip(" ,;/") if found else ""
    return found, rest if len(re.sub(r"\W", "", rest)) > 3 and not is_empty(rest) else ""


def _bare_pieces(text: str, expects: str) -> list[tuple[str, str]]:
    text = _PAIR_LABEL.sub("", text)
    empty_word = re.match(r"(?:н/д|нет|н\.д\.?|[-–—])?\s*[/\\]", text, re.IGNORECASE)
    if empty_word:
        text = text[empty_word.end():]
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    if len(parts) == 1:
        words = parts[0].split()
        sizes = [len(word) for word in words]
        parts = words if sizes in ([10, 9], [12, 9], [9, 10], [9, 9], [10, 9, 13]) else parts
    pieces: list[tuple[str, str]] = []
    has_inn = any(len(_GROUPING.sub("", part)) in (10, 12) for part in parts)
    for part in parts:
        if is_empty(part):
            continue
        code = _GROUPING.sub("", part.upper())
        taken = {kind for kind, _ in pieces}
        alone = len(parts) == 1 and not empty_word
        kind = _kind_of(code, taken, expects, alone, first=not pieces and not empty_word and not has_inn)
        pieces.append((kind, code if kind else part))
    return pieces


def _kind_of(code: str, taken: set[str], expects: str, alone: bool, first: bool) -> str:
    """What a number without a label is, by its length, its place and the column it stands in; "" for none."""
    digits = sum(char.isdigit() for char in code)
    if digits < 5 or digits < len(code) - 3:
        return ""
    if alone and expects in ("kpp", "ogrn", "inn"):
        return expects
    if len(code) in (13, 15):
        return "ogrn"
    if len(code) in (10, 11, 12):
        return "inn"
    if "inn" not in taken and first and (not alone or not check_inn("0" + code) or check_kpp(code)):
        return "inn"
    return "kpp"


def _assign(codes: Codes, kind: str, code: str, findings: list[Finding]) -> None:
    if getattr(codes, kind):
        findings.append(Finding(Severity.DOUBT, "requisites", f"Второй {_TITLES[kind]} в одной ячейке: {code}",
                                "Взять первый", _joined(codes)))
        return
    setattr(codes, kind, code)


def _joined(codes: Codes) -> str:
    """The text of a cell that holds these codes; labels keep it readable whatever is missing."""
    parts = [f"{title} {value}" for title, value in
             (("ИНН", codes.inn), ("КПП", codes.kpp), ("ОГРН", codes.ogrn)) if value]
    return " ".join(parts)


def _lost_digits(title: str) -> Finding:
    return Finding(Severity.DOUBT, "lost_digits", f"{title}: Excel округлил число, последние цифры потеряны",
                   f"Загрузить без поля «{title}»", "")


def _inn_findings(codes: Codes, numeric: bool) -> list[Finding]:
    message = check_inn(codes.inn)
    if not message:
        return []
    for candidate, by_default, proposal in (
        ("0" + codes.inn, numeric, "Добавить ноль впереди"),
        (codes.inn.translate(LOOK_ALIKES), False, "Заменить буквы цифрами"),
    ):
        if candidate != codes.inn and not check_inn(candidate):
            fixed = _joined(replace(codes, inn=candidate))
            return [Finding(Severity.DOUBT, "inn_repair", message, f"{proposal}: {candidate}", fixed, by_default)]
    return [Finding(Severity.DOUBT, "inn", message, "Загрузить без ИНН", _joined(replace(codes, inn="")))]


def _kpp_findings(codes: Codes, numeric: bool) -> list[Finding]:
    if len(codes.inn) == 12:
        return [Finding(Severity.DOUBT, "kpp_of_person", "У предпринимателя не бывает КПП", "Загрузить без КПП",
                        _joined(replace(codes, kpp="")), True)]
    message = check_kpp(codes.kpp)
    if not message:
        return []
    if not check_kpp("0" + codes.kpp):
        return [Finding(Severity.DOUBT, "kpp_repair", message, f"Добавить ноль впереди: 0{codes.kpp}",
                        _joined(replace(codes, kpp="0" + codes.kpp)), numeric)]
    return [Finding(Severity.DOUBT, "kpp", message, "Загрузить без КПП", _joined(replace(codes, kpp="")))]


@lru_cache(maxsize=1024, typed=True)
def bic_value(cell: Cell) -> tuple[str, Findings]:
    """A БИК; the leading zero that Excel dropped is put back, for every БИК has one."""
    if is_empty(cell):
        return "", NONE
    digits = _GROUPING.sub("", _BIC_LABEL.sub("", as_digits(cell)))
    if len(digits) == 8 and not check_bic("0" + digits):
        return "0" + digits, (Finding(Severity.NOTE, "bic_zero", f"БИК без нуля впереди, записан как 0{digits}"),)
    if message := check_bic(digits):
        return "", (Finding(Severity.DOUBT, "bic", message, "Загрузить без БИК", ""),)
    return digits, NONE


def has_account(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_ACCOUNT_IN_TEXT.search(cell))


def account_values(cell: Cell) -> tuple[list[BankAccount], Findings]:
    """Accounts of one cell: bare, in groups of digits, or amid «р/с … в ПАО «…» БИК …». Keys are checked later,
    once the БИК of the row is known."""
    if is_empty(cell):
        return [], NONE
    text = as_digits(cell)
    if len(text) == 20 and text.isdigit() and not isinstance(cell, int):
        return [BankAccount(text) if not text.startswith("301") else BankAccount(corr_account=text)], NONE
    lost = _SCIENTIFIC.fullmatch(text) or (isinstance(cell, int | Decimal) and cell >= _EXCEL_DIGITS)
    if lost:
        return [], (_lost_digits("Счёт"),)
    numbers = [re.sub(r"[\s.]", "", number) for number in _ACCOUNT_IN_TEXT.findall(text)]
    if not numbers:
        message = check_account(_GROUPING.sub("", re.sub(r"^[рp]/?[сc]ч?\W*", "", text.lower())).upper())
        message = message or "Счёт: не найдено 20 цифр подряд"
        return [], (Finding(Severity.DOUBT, "account", message, "Загрузить без счёта", ""),)
    bics = [first or second for first, second in _BIC_IN_TEXT.findall(_ACCOUNT_IN_TEXT.sub(" ", text))]
    bank = _BANK_IN_TEXT.search(_ACCOUNT_IN_TEXT.sub(" ", text))
    accounts: list[BankAccount] = []
    for number in numbers:
        if number.startswith("301") and accounts:
            accounts[-1].corr_account = number
        elif number.startswith("301"):
            accounts.append(BankAccount(corr_account=number))
        elif accounts and not accounts[-1].account:
            accounts[-1].account = number
        else:
            accounts.append(BankAccount(number))
    for account, bic in zip(accounts, bics, strict=False):
        account.bic = bic.rjust(9, "0")
    if bank and accounts:
        accounts[0].bank = bank[0].strip(" ,.")
    return accounts, NONE


def key_findings(account: BankAccount) -> Findings:
    """The key of an account only warns: lists are full of typing errors, and the bank refuses a wrong payment."""
    if not account.bic:
        return NONE
    for number, title in ((account.account, "Счёт"), (account.corr_account, "Корр. счёт")):
        if message := check_account(number, account.bic):
            return _key_findings(message, title)
    return NONE


@lru_cache(maxsize=64)
def _key_findings(message: str, title: str) -> Findings:
    words = message.replace("Счёт", title, 1)
    return (Finding(Severity.DOUBT, "account_key", words, "Загрузить как есть", None, True),)

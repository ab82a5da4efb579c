"""Rows of one customer, or of one product, inside a file: merged when that is certain, asked about when it is not.

The first row takes over what the later ones know; a later row then counts as merged and says into which.
"""

from collections.abc import Iterable, Iterator, Sequence

from crm_contract.exchange import Bucket, ImportOptions, ImportTarget, Resolution, ResolutionAction, Severity
from crm_contract.requisites import check_inn
from crm_server.exchange.excel.answers import Answers
from crm_server.exchange.excel.cells import Finding
from crm_server.exchange.excel.outline import PartyIdentity, Sketch
from crm_server.exchange.excel.parties import add_person
from crm_server.exchange.excel.rows import Twins
from crm_server.exchange.excel.values import ParsedRow, PartyValues, Placed, ProductValues, Values

_TWIN_DIFFERENCE = 2    # digits: one slip, or two neighbours exchanged


def find_twins(rows: Iterable[tuple[int, Sketch]]) -> Twins:
    """Rows whose ИНН is wrong while a row of the same name has a right one that differs in a digit or two."""
    right: dict[str, list[tuple[int, str]]] = {}
    wrong: list[tuple[int, str, str]] = []
    for number, sketch in rows:
        identity = sketch.identity
        if not isinstance(identity, PartyIdentity) or not identity.key:
            continue
        if identity.wrong_inn:
            wrong.append((number, identity.key, identity.wrong_inn))
        elif identity.inn:
            right.setdefault(identity.key, []).append((number, identity.inn))
    twins: dict[int, tuple[int, str]] = {}
    for number, key, inn in wrong:
        twin = next((twin for twin in right.get(key, ()) if _difference(twin[1], inn) <= _TWIN_DIFFERENCE), None)
        if twin:
            twins[number] = twin
    return twins


def _difference(one: str, other: str) -> int:
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(a != b for a, b in zip(one, other, strict=True))


def may_meet(rows: Iterable[tuple[int, Sketch]]) -> list[int]:
    """The rows that merging has to look at together; whatever it does concerns no other row."""
    first_with: dict[str, int] = {}
    found: set[int] = set()
    above = 0
    for number, sketch in rows:
        identity = sketch.identity
        if identity is None:
            continue
        if identity.is_nameless:
            found |= {number, above} if above else {number}
        elif sketch.mark.bucket is not Bucket.SKIPPED:
            above = number
        for key in identity.keys:
            first = first_with.setdefault(key, number)
            if first != number:
                found |= {first, number}
    return sorted(found)


def merge_rows(rows: Sequence[ParsedRow], options: ImportOptions) -> None:
    """Marks merged rows and adds questions, in place. `rows` are those of the sheet that may meet, in order."""
    answers = Answers(options.resolutions)
    if options.target is ImportTarget.PARTIES:
        _PartyMerger(answers).merge(rows)
    else:
        _ProductMerger(answers).merge(rows)
    _refuse_repeated(rows)


def _refuse_repeated(rows: Sequence[ParsedRow]) -> None:
    """Two rows that were kept apart but would need the same key in the database: the later one cannot go in."""
    taken: dict[tuple[str, ...], int] = {}
    for parsed in rows:
        if parsed.values is None or parsed.bucket is not Bucket.READY:
            continue
        for name, title, key in _keys(parsed.values):
            first = taken.setdefault((name, *key), parsed.number)
            if first != parsed.number:
                finding = Finding(Severity.ERROR, "key_repeated", f"{title} уже загружается из строки {first}")
                parsed.note(Placed(name, None, finding))
                break


def _keys(values: Values) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Field, words and value of what no two records may share."""
    if isinstance(values, PartyValues):
        if values.inn and not check_inn(values.inn):
            yield "inn", "Контрагент с такими ИНН и КПП", (values.inn, values.kpp)
        return
    if values.sku:
        yield "sku", f"Артикул {values.sku}", (values.sku,)
    for code in values.barcodes:
        yield "barcode", f"Штрихкод {code}", (code,)


class _Merger:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def ask(self, parsed: ParsedRow, field: str, finding: Finding) -> ResolutionAction | None:
        """Puts the question to the row and returns the answer that is already given."""
        placed = Placed(field, None, finding)
        answer: Resolution | None = self._answers.to(parsed.number, placed)
        action = answer.action if answer else None
        parsed.note(placed, action)
        return action

    @staticmethod
    def absorb(first: ParsedRow, later: ParsedRow, code: str, message: str) -> bool:
        """Marks the later row as merged, unless it still waits for an answer to something."""
        if later.skipped or later.is_open:
            return False
        later.merged_into = first.number
        later.note(Placed("", None, Finding(Severity.NOTE, code, message)))
        return True


class _PartyMerger(_Merger):
    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self._by_inn: dict[str, list[ParsedRow]] = {}
        self._by_name: dict[str, ParsedRow] = {}

    def merge(self, rows: Sequence[ParsedRow]) -> None:
        parties = [parsed for parsed in rows if isinstance(parsed.values, PartyValues) and not parsed.skipped]
        self._ask_about_continuations(parties)
        parties = [parsed for parsed in parties if _party(parsed).name or _party(parsed).inn]
        with_inn = [parsed for parsed in parties if _party(parsed).inn]
        for parsed in with_inn:
            self._by_same_inn(parsed)
        for parsed in parties:
            if not _party(parsed).inn:
                self._by_same_name(parsed)

    def _ask_about_continuations(self, parties: Sequence[ParsedRow]) -> None:
        """A row with neither name nor ИНН may go on with the contacts of the row above it."""
        above: ParsedRow | None = None
        for parsed in parties:
            values = _party(parsed)
            if values.name or values.inn:
                above = parsed
                continue
            if above is None:
                continue
            finding = Finding(Severity.DOUBT, "continuation", f"Нет названия: продолжение строки {above.number}?",
                              f"Добавить к строке {above.number}")
            action = self.ask(parsed, "name", finding)
            if action is ResolutionAction.KEEP:
                continue
            parsed.problems = [problem for problem in parsed.problems if problem.code != "name_missing"]
            if action is not ResolutionAction.ACCEPT:
                continue
            if above.is_open or above.skipped:
                parsed.note(Placed("name", None, finding))
            elif self.absorb(above, parsed, "same_party", f"Добавлена к строке {above.number}"):
                _unite(above, parsed)

    def _by_same_inn(self, parsed: ParsedRow) -> None:
        values = _party(parsed)
        known = self._by_inn.setdefault(values.inn, [])
        same_kpp = [first for first in known if not values.kpp or _party(first).kpp in ("", values.kpp)]
        first = (same_kpp or known or [None])[0]
        if first is not None and self._is_same(first, parsed, bool(same_kpp)):
            message = f"Та же организация, что в строке {first.number}: контакты, счета и адреса объединены"
            if self.absorb(first, parsed, "same_party", message):
                _unite(first, parsed)
                return
        if not parsed.is_open and not parsed.skipped:
            known.append(parsed)
            if values.key:
                self._by_name.setdefault(values.key, parsed)

    def _is_same(self, first: ParsedRow, parsed: ParsedRow, same_kpp: bool) -> bool:
        known, values = _party(first), _party(parsed)
        if not same_kpp:
            finding = Finding(Severity.DOUBT, "kpp_differs", f"ИНН как в строке {first.number}, а КПП другой "
                              f"({known.kpp} и {values.kpp}): филиал?", f"Объединить со строкой {first.number}")
            return self.ask(parsed, "kpp", finding) is ResolutionAction.ACCEPT
        if not _same_name(known.key, values.key):
            finding = Finding(Severity.DOUBT, "name_differs", f"ИНН как в строке {first.number}, а название другое: "
                              f"{known.name}", f"Объединить со строкой {first.number}")
            return self.ask(parsed, "name", finding) is ResolutionAction.ACCEPT
        return True

    def _by_same_name(self, parsed: ParsedRow) -> None:
        """Without an ИНН a name is all there is, and namesakes are common: always a question."""
        values = _party(parsed)
        if not values.key:
            return
        first = self._by_name.get(values.key)
        if first is None:
            if not parsed.is_open:
                self._by_name[values.key] = parsed
            return
        known = _party(first)
        if values.kpp and known.kpp and values.kpp != known.kpp:
            return
        what = f"с ИНН {known.inn}" if known.inn else "тоже без ИНН"
        finding = Finding(Severity.DOUBT, "same_name", f"В строке {first.number} {known.name} {what}: одна и та же?",
                          f"Объединить со строкой {first.number}")
        if self.ask(parsed, "name", finding) is ResolutionAction.ACCEPT and self.absorb(
                first, parsed, "same_party", f"Объединена со строкой {first.number}"):
            _unite(first, parsed)


def _party(parsed: ParsedRow) -> PartyValues:
    assert isinstance(parsed.values, PartyValues)
    return parsed.values


def _same_name(one: str, other: str) -> bool:
    """Keys that differ only in spaces or in the legal form that one of them lacks."""
    one, other = one.replace(" ", ""), other.replace(" ", "")
    return not one or not other or one == other or one.endswith(other) or other.endswith(one)


def _unite(first_row: ParsedRow, later_row: ParsedRow) -> None:
    """Everything the later row knows goes into the first; what contradicts it goes into the notes."""
    first, later, number = _party(first_row), _party(later_row), later_row.number
    for name in ("kpp", "ogrn", "full_name", "legal_address", "director_name", "director_title", "accountant_name",
                 "segment", "manager", "code", "payment_days", "is_customer", "is_supplier"):
        if getattr(first, name) in ("", None):
            setattr(first, name, getattr(later, name))
    for name in ("phones", "emails", "websites", "actual_addresses", "notes"):
        known = getattr(first, name)
        known.extend(item for item in getattr(later, name) if item not in known)
    addresses = first.actual_addresses
    if later.legal_address and later.legal_address not in (first.legal_address, *addresses):
        addresses.append(later.legal_address)
    for person in later.contacts:
        add_person(first, person)
    numbers = {account.account for account in first.accounts}
    first.accounts.extend(account for account in later.accounts if account.account not in numbers)
    if later.started_on and (first.started_on is None or later.started_on < first.started_on):
        first.started_on = later.started_on
    for name, title in (("manager", "менеджер"), ("segment", "сегмент"), ("code", "код"), ("ogrn", "ОГРН")):
        other = getattr(later, name)
        if other and other != getattr(first, name):
            first.notes.append(f"В строке {number} другой {title}: {other}")


class _ProductMerger(_Merger):
    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self._by_sku: dict[str, ParsedRow] = {}
        self._by_barcode: dict[str, ParsedRow] = {}

    def merge(self, rows: Sequence[ParsedRow]) -> None:
        for parsed in rows:
            values = parsed.values
            if not isinstance(values, ProductValues) or parsed.skipped:
                continue
            if values.sku and self._by_same_sku(parsed, values):
                continue
            self._check_barcodes(parsed, values)
            if not parsed.is_open and not parsed.skipped:
                if values.sku:
                    self._by_sku.setdefault(values.sku.casefold(), parsed)
                for code in _product(parsed).barcodes:
                    self._by_barcode.setdefault(code, parsed)

    def _by_same_sku(self, parsed: ParsedRow, values: ProductValues) -> bool:
        """Whether the row went into an earlier one with its article."""
        first = self._by_sku.get(values.sku.casefold())
        if first is None or not isinstance(first.values, ProductValues):
            return False
        differences = _differences(first.values, values)
        if differences:
            finding = Finding(Severity.DOUBT, "sku_repeated", f"Артикул уже был в строке {first.number}, отличаются: "
                              f"{', '.join(differences)}", f"Взять эту строку вместо строки {first.number}")
            if self.ask(parsed, "sku", finding) is not ResolutionAction.ACCEPT:
                return False
        if not self.absorb(first, parsed, "same_product", f"Повтор строки {first.number}"):
            return False
        _take_over(first.values, values)
        return True

    def _check_barcodes(self, parsed: ParsedRow, values: ProductValues) -> None:
        for code in list(values.barcodes):
            first = self._by_barcode.get(code)
            if first is None:
                continue
            finding = Finding(Severity.DOUBT, "barcode_repeated", f"Штрихкод {code} уже был в строке {first.number}",
                              "Загрузить без штрихкода")
            if self.ask(parsed, "barcode", finding) is ResolutionAction.ACCEPT:
                values.barcodes.remove(code)


def _product(parsed: ParsedRow) -> ProductValues:
    assert isinstance(parsed.values, ProductValues)
    return parsed.values


def _differences(first: ProductValues, later: ProductValues) -> list[str]:
    titles = {"name": "наименование", "prices": "цена", "unit": "единица", "vat_kind": "НДС", "barcodes": "штрихкод"}
    return [title for name, title in titles.items()
            if getattr(later, name) not in ("", None, [], {}) and getattr(first, name) != getattr(later, name)]


def _take_over(first: ProductValues, later: ProductValues) -> None:
    first.prices |= later.prices
    first.barcodes.extend(code for code in later.barcodes if code not in first.barcodes)
    first.notes.extend(note for note in later.notes if note not in first.notes)
    for name in ("name", "full_name", "unit", "vat_kind", "min_stock", "country", "manufacturer", "group"):
        if getattr(later, name) not in ("", None):
            setattr(first, name, getattr(later, name))

"""Parties of a file against parties of the database: by ИНН, then by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from psycopg import sql

from crm_contract.base import Ref
from crm_contract.exchange import ImportOptions, MatchBy, ResolutionAction, Severity
from crm_contract.parties import PartyBody, PartyUpdate
from crm_contract.permissions import Permission
from crm_contract.requisites import check_inn
from crm_server.exchange.excel.bodies import party_body
from crm_server.exchange.excel.cells import Finding
from crm_server.exchange.excel.updates import party_change
from crm_server.exchange.excel.values import ParsedRow, PartyValues
from crm_server.exchange.records import Match, Questions
from crm_server.kit.context import Ctx
from crm_server.parties import bulk
from crm_server.parties.keys import name_key
from crm_server.parties.scope import party_scope

_KNOWN = """
SELECT p.id, p.name, p.inn, p.kpp, p.name_key, ({scope}) AS reached FROM party p
WHERE p.inn = ANY(%(inns)s::text[]) AND p.inn <> '' AND NOT p.archived AND p.import_batch_id IS DISTINCT FROM %(batch)s
UNION
SELECT p.id, p.name, p.inn, p.kpp, p.name_key, ({scope}) FROM party p
WHERE p.name_key = ANY(%(keys)s::text[]) AND NOT p.archived AND p.import_batch_id IS DISTINCT FROM %(batch)s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    name: str
    inn: str
    kpp: str
    name_key: str
    reached: bool

    @property
    def words(self) -> str:
        return f"«{self.name}»" + (f" (ИНН {self.inn}{f', КПП {self.kpp}' if self.kpp else ''})" if self.inn else "")


class PartyRecords:
    """See `records.Records`. Of parties out of the actor's reach only the same ИНН is told, without a name."""

    entity = "party"

    def __init__(self, ctx: Ctx, options: ImportOptions, batch_id: int = 0) -> None:
        self._ctx = ctx
        self._batch_id = batch_id
        self._by = options.match_by or MatchBy.INN_THEN_NAME
        self._questions = Questions(options)
        self._by_inn: dict[str, list[_Known]] = {}
        self._by_name: dict[str, list[_Known]] = {}

    def match(self, rows: Sequence[ParsedRow]) -> Mapping[int, Match]:
        keys = {row.number: name_key(_values(row).name) for row in rows}
        self._find({_values(row).inn for row in rows} - {""}, set(keys.values()) - {""})
        return {row.number: self._match(row, keys[row.number]) for row in rows}

    def _find(self, inns: Collection[str], keys: Collection[str]) -> None:
        self._by_inn.clear()
        self._by_name.clear()
        query = sql.SQL(_KNOWN).format(scope=party_scope(self._ctx.actor, Permission.PARTY_EDIT))
        for row in self._ctx.sql.all(query, {
                "inns": list(inns), "keys": list(keys), "batch": self._batch_id}):
            known = _Known(**row)
            if known.inn:
                self._by_inn.setdefault(known.inn, []).append(known)
            if known.reached:
                self._by_name.setdefault(known.name_key, []).append(known)

    def _match(self, row: ParsedRow, key: str) -> Match:
        values = _values(row)
        match = Match(values)
        inn = values.inn if self._by is not MatchBy.NAME and not check_inn(values.inn) else ""
        if inn and (known := self._by_inn.get(inn)):
            self._by_requisites(row, match, known, key)
        elif self._by is not MatchBy.INN and (namesakes := self._by_name.get(key)):
            self._by_namesakes(row, match, namesakes)
        return match

    def _by_requisites(self, row: ParsedRow, match: Match, known: Sequence[_Known], key: str) -> None:
        kpp = match.values.kpp
        same = [one for one in known if one.kpp == kpp] or [one for one in known if "" in (kpp, one.kpp)]
        found = (same or known)[0]
        if same and not found.reached:
            self._questions.ask(row, match, "inn", Finding(
                Severity.ERROR, "out_of_reach", "Контрагент с таким ИНН есть, но у вас нет прав его менять: "
                "его ведёт другой филиал или сотрудник"))
            return
        if not found.reached:
            return  # another branch of the company, which others look after: this one is new
        if not same or (len(same) > 1 and not kpp):
            finding = Finding(Severity.DOUBT, "kpp_known", f"С этим ИНН уже есть {found.words}, КПП в файле "
                              f"{kpp or 'не указан'}: другой филиал?", f"Обновить {found.words}")
            if self._questions.ask(row, match, "kpp", finding) is not ResolutionAction.ACCEPT:
                return
        match.record = Ref(id=found.id, title=found.name)
        if found.name_key != key:
            self._questions.ask(row, match, "name", Finding(
                Severity.NOTE, "name_kept", f"В базе этот контрагент называется «{found.name}», название не изменится"))

    def _by_namesakes(self, row: ParsedRow, match: Match, namesakes: Sequence[_Known]) -> None:
        """A row without an ИНН is the only party of its name; a row with one may be a party that lacks it."""
        inn = match.values.inn if not check_inn(match.values.inn) else ""
        candidates = [one for one in namesakes if not (inn and one.inn)] if self._by is not MatchBy.NAME else namesakes
        if not candidates:
            return
        found = candidates[0]
        if len(candidates) > 1:
            finding = Finding(Severity.DOUBT, "name_ambiguous", f"С таким названием в базе несколько: "
                              f"{', '.join(one.words for one in candidates[:3])}", f"Обновить {found.words}")
        elif inn and self._by is not MatchBy.NAME:
            finding = Finding(Severity.DOUBT, "name_known", f"В базе есть {found.words} без ИНН: это он?",
                              f"Обновить и записать ИНН {inn}")
        else:
            finding = None
        if finding is None or self._questions.ask(row, match, "name", finding) is ResolutionAction.ACCEPT:
            match.record = Ref(id=found.id, title=found.name)

    def read(self, ids: Collection[int], *, lock: bool) -> Mapping[int, PartyUpdate]:
        return bulk.read_parties(self._ctx, ids, lock=lock)

    def body(self, values: PartyValues) -> PartyBody:
        return party_body(values, self._roles, self._manager(values.manager))

    def change(self, before: PartyUpdate, values: PartyValues) -> PartyUpdate | None:
        return party_change(before, values, self._roles, self._manager(values.manager))

    def add(self, bodies: Sequence[PartyBody], batch_id: int, reason: str) -> list[int]:
        return bulk.add_parties(self._ctx, bodies, batch_id, reason)

    def save(self, changes: Mapping[int, tuple[PartyUpdate, PartyUpdate]], batch_id: int, reason: str) -> None:
        bulk.save_parties(self._ctx, [bulk.PartyChange(key, *pair) for key, pair in changes.items()], reason)

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset(row["code"] for row in self._ctx.sql.all("SELECT code FROM contact_role"))

    @cached_property
    def _employees(self) -> list[tuple[int, list[str]]]:
        rows = self._ctx.sql.all("SELECT id, name FROM employee WHERE active ORDER BY id")
        return [(row["id"], _words(row["name"])) for row in rows]

    def _manager(self, text: str) -> int | None:
        """«Орлова», «Орлова Е. В.» and the full name mean one employee, unless two of them fit."""
        words = _words(text)
        if not words:
            return None
        fits = [employee_id for employee_id, name in self._employees
                if len(words) <= len(name) and name[0] == words[0]
                and all(full.startswith(short) for full, short in zip(name, words, strict=False))]
        return fits[0] if len(fits) == 1 else None


def _values(row: ParsedRow) -> PartyValues:
    assert isinstance(row.values, PartyValues)
    return row.values


def _words(name: str) -> list[str]:
    return name.casefold().replace("ё", "е").replace(".", " ").split()

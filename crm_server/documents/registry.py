"""What domains add to the engine. The engine knows no kind; `app.py` installs the domains' parts explicitly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_contract.documents import ChainNode, DocumentBody, FactRead, StageRead
from crm_contract.printing import PrintCount
from crm_contract.stock import ExpectedRead
from crm_server.kit.context import Ctx

Row = Mapping[str, Any]
#: Runs inside the executor, after all checks, with the locked header row and the answers to the action's `asks`.
#: Raises Refusal to stop the action. Answers what it has worked out for the header; it is written with the state.
Effect = Callable[[Ctx, Row, Mapping[str, Any]], Mapping[str, Any] | None]
#: What forbids an action on a document in the right state, in words («в резерве ничего нет»); empty allows it. The
#: client shows it on the button, the executor refuses with it.
Guard = Callable[[Row], str]
Fact = Callable[[Row], FactRead]
#: Rewrites the draft of a kind that a basis (its header row) gives.
Filler = Callable[[Ctx, Row, DocumentBody], DocumentBody]
#: The counted lines that a kind prints, from its header row.
Counts = Callable[[Ctx, Row], list[PrintCount]]
#: What is to come to a place, by product.
Coming = Callable[[Ctx, int, Sequence[int]], Mapping[int, list[ExpectedRead]]]
StageBuilder = Callable[[Row, Sequence[ChainNode], Sequence[Row]], list[StageRead]]


@dataclass(frozen=True)
class DocumentParts:
    """The part of one domain.

    `effects` and `guards` by (kind, action). `facts` by code, computed from a header row. `line_sql` are trusted SQL
    over `l` (line), `d` (document) and `p` (product) for LineRead's `free`, `reserved` and `covered`. `print_sql` are
    the same for a printed line's `cost` and `basis_price` (for those who may see them), `bins`; `print_counts` by kind
    gives its counted lines. `header_sql` are trusted SQL over `d` that facts find in the row. `left_sql` over `l` is
    what is there yet of a line for those made from it (NULL: its quantity). `stages` builds the stage meter from the
    chain. `fillers` by kind, for kinds that do not simply copy their basis. `coming` tells lines when goods come.
    """

    effects: Mapping[tuple[str, str], Effect] = field(default_factory=dict)
    guards: Mapping[tuple[str, str], Guard] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    line_sql: Mapping[str, str] = field(default_factory=dict)
    print_sql: Mapping[str, str] = field(default_factory=dict)
    print_counts: Mapping[str, Counts] = field(default_factory=dict)
    header_sql: Mapping[str, str] = field(default_factory=dict)
    left_sql: str = ""
    stages: StageBuilder | None = None
    fillers: Mapping[str, Filler] = field(default_factory=dict)
    coming: Coming | None = None


EFFECTS: dict[tuple[str, str], Effect] = {}
GUARDS: dict[tuple[str, str], Guard] = {}
FACTS: dict[str, Fact] = {}
LINE_SQL: dict[str, str] = {"free": "NULL::numeric", "reserved": "0::numeric", "covered": "0::numeric"}
PRINT_SQL: dict[str, str] = {"cost": "NULL::numeric", "bins": "NULL::text[]", "basis_price": "NULL::numeric"}
COUNTS: dict[str, Counts] = {}
HEADER_SQL: dict[str, str] = {}
LEFT_SQL: list[str] = []
STAGES: list[StageBuilder] = []
FILLERS: dict[str, Filler] = {}
COMING: list[Coming] = []


def install(parts: DocumentParts) -> None:
    EFFECTS.update(parts.effects)
    GUARDS.update(parts.guards)
    FACTS.update(parts.facts)
    LINE_SQL.update(parts.line_sql)
    PRINT_SQL.update(parts.print_sql)
    COUNTS.update(parts.print_counts)
    FILLERS.update(parts.fillers)
    HEADER_SQL.update(parts.header_sql)
    if parts.left_sql and parts.left_sql not in LEFT_SQL:
        LEFT_SQL.append(parts.left_sql)
    if parts.coming is not None and parts.coming not in COMING:
        COMING.append(parts.coming)
    if parts.stages is not None and parts.stages not in STAGES:
        STAGES.append(parts.stages)


def why_not(kind: str, action: str, row: Row) -> str:
    """What the guard of an action says about a document; empty without one."""
    guard = GUARDS.get((kind, action))
    return guard(row) if guard else ""

"""The bands under a row: what is wrong, what is proposed, the links that answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_contract.exchange import Bucket, PreviewRow, ResolutionAction, RowProblem, Severity
from crm_contract.lists import Tone
from crm_desktop.exchange.answers import Answers
from crm_desktop.kit.i18n import tr


class Act(StrEnum):
    """What a link of a band or an item of its menu does."""

    ACCEPT = "accept"
    KEEP = "keep"
    SKIP = "skip"
    TAKE_BACK = "take_back"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class BandLink:
    title: str
    act: Act


@dataclass(frozen=True, slots=True)
class Band:
    """`lead` is the strong beginning. Without a problem the band is about the whole row."""

    tone: Tone
    lead: str
    text: str
    links: Sequence[BandLink]
    problem: RowProblem | None = None


TONES = {Severity.ERROR: Tone.ERROR, Severity.DOUBT: Tone.WARN, Severity.NOTE: Tone.INFO}


def bands_of(row: PreviewRow, answers: Answers, code: str = "") -> list[Band]:
    """Open questions and the person's own answers. Under the filter by a kind (`code`) its settled ones too."""
    if answers.skips(row.number):
        return [Band(Tone.NEUTRAL, tr("Строка не загрузится"), tr("Вы её пропустили"), (_take_back(),))]
    bands = []
    for problem in row.problems:
        given = answers.to_problem(problem)
        if problem.is_open and row.bucket is not Bucket.SKIPPED:
            bands.append(_open(problem))
        elif given is not None:
            bands.append(_settled(problem, answered_words(problem, given.value), (_take_back(), _more())))
        elif problem.code == code:
            links = () if problem.severity is Severity.NOTE else (_more(),)
            bands.append(_settled(problem, answered_words(problem), links))
    return bands


def faulty(row: PreviewRow, column: int) -> RowProblem | None:
    """The worst problem of a cell: an open one before a settled one; notes do not count."""
    found = [problem for problem in row.problems
             if problem.column == column and problem.severity is not Severity.NOTE]
    return min(found, key=lambda problem: (not problem.is_open, problem.severity is not Severity.ERROR), default=None)


def first_open(row: PreviewRow) -> RowProblem | None:
    return next((problem for problem in row.problems if problem.is_open), None)


def primary_link(problem: RowProblem) -> BandLink:
    """What the person most probably wants: the proposal, else to leave the row out."""
    if not problem.proposal:
        return BandLink(tr("Пропустить"), Act.SKIP)
    repairs = problem.severity is Severity.ERROR and problem.proposed_value
    return BandLink(tr("Исправить") if repairs else tr("Принять"), Act.ACCEPT)


def answered_words(problem: RowProblem, value: str | None = None) -> str:
    """What will happen by the answer that counts."""
    if problem.answer is ResolutionAction.KEEP:
        return tr("Загрузится как в файле")
    if problem.answer is ResolutionAction.SKIP:
        return tr("Строка не загрузится")
    if problem.answer is ResolutionAction.ACCEPT:
        return tr("Исправлено на «{value}»").format(value=value) if value is not None else problem.proposal
    return problem.proposal


def _open(problem: RowProblem) -> Band:
    text = problem.proposal or tr("Строка не загрузится")
    return Band(TONES[problem.severity], sentence(problem.message), text, (primary_link(problem), _more()), problem)


def _settled(problem: RowProblem, text: str, links: Sequence[BandLink]) -> Band:
    tone = Tone.INFO if problem.severity is Severity.NOTE else Tone.OK
    return Band(tone, sentence(problem.message), text, links, problem)


def _take_back() -> BandLink:
    return BandLink(tr("Вернуть"), Act.TAKE_BACK)


def _more() -> BandLink:
    return BandLink(tr("Ещё"), Act.MORE)


def sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?…" else f"{text}."

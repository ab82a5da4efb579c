"""What the server refused goes again, or comes back into hand. Each way ends with words: where, or why not."""

from collections.abc import Callable

from crm_contract.base import Ref
from crm_contract.lists import Tone
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal import beginning
from crm_desktop.terminal.cache import Cache
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.parked import ParkedScreen
from crm_desktop.terminal.queue import Entry, Queue
from crm_desktop.terminal.refreshing import Refresher
from crm_desktop.terminal.work import Work


def retry(screen: ParkedScreen, entry: Entry, queue: Queue, cache: Cache, memory: Refresher, tasks: Tasks,
          then: Callable[[], None]) -> None:
    """Sends it again on the document as it is now; nothing happens when the screen is left meanwhile."""
    document_id = entry.body.document_id

    def fail(error: BaseException) -> None:
        problem = problem_of(error)
        screen.show_one(entry, problem.message, problem.action)

    def again() -> None:
        task = cache.task(document_id) if document_id is not None else None
        if document_id is not None and task is None:
            _say_gone(screen, entry)
            return
        version = task.version if task else None
        tasks.disk(screen, lambda: queue.retry(entry.key, version), lambda _: then(), fail)

    memory.day_now(again, fail, screen)


def reopen(screen: ParkedScreen, entry: Entry, work: Work, queue: Queue, cache: Cache) -> None:
    """Its scans are put on the document as it is now, by a new command; what does not fit is told."""
    task = cache.task(entry.body.document_id) if entry.body.document_id is not None else None
    if entry.body.document_id is not None and task is None:
        _say_gone(screen, entry)
        return
    if work.opened is not None and not work.opened.is_empty:
        screen.show_one(entry, tr("Сначала закончите {title}").format(title=work.opened.title),
                        tr("Затем вернитесь сюда: эта операция подождёт."))
        return
    opened = beginning.open_task(task) if task else Open(command=entry.body.operation)
    lost = _put_on(opened, entry, cache)
    if lost:
        opened.banner = None
        opened.say(Tone.WARN, tr("Не всё подошло"), ", ".join(lost)[:200],
                   advice=tr("Этого в документе больше нет: проверьте товар."))
    work.take(opened, lambda: queue.drop(entry.key))


def _put_on(opened: Open, entry: Entry, cache: Cache) -> list[str]:
    """Counts what was scanned anew; answers what does not fit."""
    names = {place.id: place for place in (cache.day.places if cache.day else ())}
    if opened.operation.counts and (there := names.get(entry.body.place_id or 0)) is not None:
        opened.place = Ref(id=there.id, title=there.code or there.name)
    for place_id in (entry.body.place_id, entry.body.place_to_id):
        if not opened.is_planned and place_id in names:
            opened.scan_place(names[place_id])
    if not opened.is_planned and entry.body.party_id is not None:
        opened.set_party(Ref(id=entry.body.party_id, title=tr("прежний поставщик")))
    holder = next((one for one in (cache.day.people if cache.day else ()) if one.id == entry.body.employee_id), None)
    if holder is not None and opened.operation.by_person:
        opened.set_person(holder)
    lost: list[str] = []
    for count in entry.body.counts:
        product = cache.goods.get(count.product_id)
        if product is not None:
            opened.scan_product(product, count.quantity, count.lot)
            if opened.line is not None:
                opened.line.typed = not count.adds
    for scanned in entry.body.lines:
        product = cache.goods.get(scanned.product_id)
        if product is None:
            lost.append(tr("товар, которого больше нет"))
            continue
        pieces = [(lot.quantity, lot.code, lot.expires) for lot in scanned.lots] or [(scanned.quantity, "", None)]
        for quantity, code, expires in pieces:
            opened.scan_product(product, quantity, code, expires)
            if opened.is_blocked:
                lost.append(product.name)
                opened.banner = None
            elif scanned.condition:
                opened.lines[opened.steps[-1].line or 0].condition = scanned.condition
    return lost


def _say_gone(screen: ParkedScreen, entry: Entry) -> None:
    screen.show_one(entry, tr("Документа больше нет среди заданий"),
                    tr("Его провели или аннулировали в программе: проверьте там, затем удалите операцию."))

"""Finding by words: goods in memory, suppliers on the server."""

from collections.abc import Callable
from functools import partial

from crm_contract.base import Ref
from crm_contract.parties import RefHit
from crm_contract.terminal import TerminalPerson
from crm_contract.totals import plain
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal.cache import Cache, Found
from crm_desktop.terminal.pages import Choice, ChoiceScreen


def product_screen(cache: Cache, take: Callable[[Found], object], *, blind: bool = False) -> ChoiceScreen:
    """`blind`: who counts is not told how much there should be."""
    screen = ChoiceScreen(tr("Найти товар"), search=tr("Название или артикул"), empty=tr("Ничего не найдено"))

    def look(text: str) -> None:
        screen.show_choices([
            Choice(product.name, tr("арт. {sku}").format(sku=product.sku or "—") + (
                "" if blind else tr(" · свободно {free} {unit}").format(free=plain(product.free), unit=product.unit)),
                partial(take, Found(product.sku, product=product)))
            for product in cache.goods.search(text)])

    screen.searched.connect(look)
    look("")
    return screen


def person_screen(cache: Cache, take: Callable[[TerminalPerson], object]) -> ChoiceScreen:
    """Employees from memory, for those who have no badge with them."""
    screen = ChoiceScreen(tr("Сотрудник"), search=tr("Фамилия"), empty=tr("Никого не найдено"))

    def look(text: str) -> None:
        screen.show_choices([
            Choice(person.name, tr("числится позиций: {n}").format(n=len(person.held)) if person.held
                   else tr("ничего не числится"), partial(take, person)) for person in cache.people(text)])

    screen.searched.connect(look)
    look("")
    return screen


def party_screen(api: ApiClient, tasks: Tasks, take: Callable[[Ref], object]) -> ChoiceScreen:
    screen = ChoiceScreen(tr("Поставщик"), search=tr("Название или ИНН"), empty=tr("Наберите часть названия"))

    def look(text: str) -> None:
        tasks.run(screen, lambda: api.get("/api/pick/party", list[RefHit], {"q": text}), show, failed, key="party")

    def show(hits: list[RefHit]) -> None:
        screen.show_choices([Choice(hit.title, hit.subtitle, partial(take, Ref(id=hit.id, title=hit.title)))
                             for hit in hits])

    def failed(error: BaseException) -> None:
        problem = problem_of(error)
        screen.show_choices([Choice(problem.message, problem.action, lambda: None, "warning-circle")])

    screen.searched.connect(look)
    return screen

"""The search over everything (Ctrl+K): each domain contributes a provider with its permission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_contract.lists import Hit
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router
from crm_server.kit.search import SearchText, words

PER_GROUP = 6
MIN_LENGTH = 2


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """`find(ctx, query, limit)` answers hits within the actor's scope by one statement.

    With Guard.BY_KIND that scope is all there is to check.
    """

    permission: str
    find: Callable[[Ctx, str, int], list[Hit]]


def search_router(providers: Sequence[SearchProvider]) -> Router:
    router = Router("/api", "search")

    @router.get("/search", permission=Guard.LOGGED_IN)
    def search_everything(ctx: Ctx, q: SearchText = "") -> list[Hit]:
        """Find parties, contacts, goods and documents, a few of each that the user may see."""
        if len("".join(words(q))) < MIN_LENGTH:
            return []
        return [hit for provider in providers
                if provider.permission == Guard.BY_KIND or ctx.actor.can(provider.permission)
                for hit in provider.find(ctx, q, PER_GROUP)]

    return router

"""Routes of all lists, their exports and saved views, made from the declared sources."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from psycopg.types.json import Jsonb
from starlette.responses import Response

from crm_contract.base import Created
from crm_contract.lists import ListQuery, Page, SavedView, SavedViewBody
from crm_contract.permissions import Permission
from crm_server.kit.actor import Actor, forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Handler, Router, json_response
from crm_server.kit.errors import invalid, not_found
from crm_server.kit.listing import ListSource, read_page, read_whole

EXPORT_LIMIT = 100_000

_VIEWS = """
SELECT v.id, v.list_code, v.title, v.shared, v.user_id = %(user)s AS own, v.query, v.columns FROM saved_view v
WHERE (v.user_id = %(user)s OR v.shared) AND v.list_code = ANY(%(codes)s::text[])
ORDER BY v.list_code, sort_key(v.title), v.id
"""
_SAVE_VIEW = """
INSERT INTO saved_view (user_id, list_code, title, shared, query, columns)
VALUES (%(user)s, %(list_code)s, %(title)s, %(shared)s, %(query)s, %(columns)s::text[])
ON CONFLICT (user_id, list_code, title)
DO UPDATE SET shared = excluded.shared, query = excluded.query, columns = excluded.columns
RETURNING id
"""


def list_router(sources: Sequence[ListSource]) -> Router:
    """`POST /api/lists/<code>` and `…/<code>/export` of every source, and `/api/views` over them."""
    router = Router("/api", "lists")
    by_code = {source.spec.code: source for source in sources}
    if len(by_code) != len(sources):
        raise ValueError("two lists have one code")
    for source in sources:
        router.query(f"/lists/{source.spec.code}", permission=source.permission)(_page_handler(source))
        router.post(f"/lists/{source.spec.code}/export", permission=Permission.EXPORT_RUN, keyless=True)(
            _export_handler(source))
    _add_views(router, by_code)
    return router


def _page_handler(source: ListSource) -> Handler:
    def handler(ctx: Ctx, body: ListQuery) -> Page:
        return read_page(ctx.sql, source, ctx.actor, body)

    handler.__name__, handler.__doc__ = f"list_{source.spec.code}", f"A window of the list «{source.spec.title}»."
    return handler


def _export_handler(source: ListSource) -> Handler:
    def handler(ctx: Ctx, body: ListQuery) -> Annotated[Response, Page]:
        _demand(ctx.actor, source)
        count, page = read_whole(ctx.sql, source, ctx.actor, body, EXPORT_LIMIT)
        ctx.audit("export", source.spec.code, None, source.spec.title,
                  after={"rows": count, "query": body.model_dump(mode="json", exclude={"offset", "limit"})})
        return json_response(page)

    handler.__name__ = f"export_{source.spec.code}"
    handler.__doc__ = f"The whole filtered list «{source.spec.title}», written to the journal."
    return handler


def _may_list(actor: Actor, source: ListSource) -> bool:
    """A list of several kinds has no permission of its own: its scope shows what the actor may see, if anything."""
    return source.permission in (Guard.LOGGED_IN, Guard.BY_KIND) or actor.can(source.permission)


def _demand(actor: Actor, source: ListSource) -> None:
    if not _may_list(actor, source):
        raise forbidden(source.permission)


def _add_views(router: Router, sources: Mapping[str, ListSource]) -> None:
    @router.get("/views", permission=Guard.LOGGED_IN)
    def list_views(ctx: Ctx, list_code: str = "") -> list[SavedView]:
        """Own and shared views of the lists that the user may see."""
        codes = [code for code, source in sources.items()
                 if _may_list(ctx.actor, source) and list_code in ("", code)]
        rows = ctx.sql.all(_VIEWS, {"user": ctx.actor.user_id, "codes": codes})
        return [SavedView.model_validate(row) for row in rows]

    @router.post("/views", permission=Guard.LOGGED_IN)
    def save_view(ctx: Ctx, body: SavedViewBody) -> Created:
        """Save a view; the own view of the same title is replaced."""
        source = sources.get(body.list_code)
        if source is None:
            raise invalid({"list_code": "Такого списка нет"})
        _demand(ctx.actor, source)
        if body.shared:
            ctx.actor.demand(Permission.VIEWS_SHARE)
        view_id = ctx.sql.value(_SAVE_VIEW, {
            "user": ctx.actor.user_id, "list_code": body.list_code, "title": body.title, "shared": body.shared,
            "query": Jsonb(body.query.model_dump(mode="json")), "columns": body.columns})
        ctx.audit("update", "saved_view", view_id, body.title, after={"list": body.list_code, "shared": body.shared})
        ctx.changed("saved_view", [view_id])
        return Created(id=view_id)

    @router.delete("/views/{view_id}", permission=Guard.LOGGED_IN)
    def delete_view(ctx: Ctx, view_id: int) -> None:
        """Delete an own view, or with the right to share any shared one."""
        title = ctx.sql.value(
            "DELETE FROM saved_view WHERE id = %s AND (user_id = %s OR (shared AND %s)) RETURNING title",
            (view_id, ctx.actor.user_id, ctx.actor.can(Permission.VIEWS_SHARE)))
        if title is None:
            raise not_found("Вид списка")
        ctx.audit("archive", "saved_view", view_id, title)
        ctx.changed("saved_view", [view_id])

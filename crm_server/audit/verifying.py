"""Verification of the seals: finds edited, removed, moved and slipped-in rows and a chain whose end was cut off."""

from collections.abc import Iterator

from psycopg import sql as pgsql

from crm_server.audit.sealing import NO_CHAIN, SOURCES, Head, Source, is_on_chain, read_head
from crm_server.kit.sql import Sql

#: A row made so long before one that was sealed earlier did not come from a transaction that took its time.
LATE = "1 day"

_LINKS = """
SELECT id, source, row_id, before, id <> before + 1 AS hole FROM (
    SELECT id, source, row_id, row_hash, chain, lag(id, 1, 0::bigint) OVER w AS before,
           lag(chain, 1, %s::bytea) OVER w AS previous
    FROM audit_seal WINDOW w AS (ORDER BY id)) s
WHERE id <> before + 1
   OR chain <> sha256(previous || convert_to(source || ':' || row_id || ':', 'UTF8') || row_hash)
ORDER BY id LIMIT 1
"""

_EDITED = pgsql.SQL("""
SELECT s.row_id, t.id IS NULL AS gone, {words} AS words
FROM audit_seal s LEFT JOIN {table} t ON t.id = s.row_id
WHERE s.source = {name} AND (t.id IS NULL OR s.row_hash <> {hash})
ORDER BY s.id LIMIT 1
""")

_LATE = pgsql.SQL("""
SELECT row_id, words FROM (
    SELECT s.id, s.row_id, t.{made_at} AS made_at, {words} AS words,
           max(t.{made_at}) OVER (ORDER BY s.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest
    FROM audit_seal s JOIN {table} t ON t.id = s.row_id WHERE s.source = {name}) q
WHERE made_at < newest - {late}::interval
ORDER BY id LIMIT 1
""")

_UNSEALED = pgsql.SQL("""
SELECT t.id AS row_id, {words} AS words FROM {table} t
WHERE t.{made_at} < (SELECT max(at) FROM audit_seal) - {late}::interval
  AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.source = {name} AND s.row_id = t.id)
ORDER BY t.id LIMIT 1
""")

#: How a row is called in a message.
_WORDS = {
    "audit_log": "format('%s, %s, %s «%s»', to_char(t.at, 'DD.MM.YYYY HH24:MI'), t.person, t.action, t.title)",
    "stock_move": "format('%s, %s, %s', to_char(t.at, 'DD.MM.YYYY'), (SELECT name FROM product"
                  " WHERE id = t.product_id), t.quantity)",
}


def verify(sql: Sql, head: Head | None = None) -> Iterator[tuple[str, str]]:
    """Where and what: the first broken link, then for each source the first row of every kind of damage.

    `head` is the end of the chain that was noted outside of the database.
    """
    sql.run("SET LOCAL timezone = 'UTC'")  # hashes are made in it
    link = sql.one(_LINKS, (NO_CHAIN,))
    if link is not None:
        what = (f"после печати {link['before']} сразу {link['id']}: печати между ними удалены" if link["hole"]
                else "печать изменена, вставлена или переставлена")
        yield f"печать {link['id']} строки {link['row_id']} таблицы {link['source']}", what
    for source in SOURCES:
        yield from _verify_source(sql, source)
    if head is not None and not is_on_chain(sql, head):
        yield (f"печать {head.seal}", "отмечена в папке данных, но в базе её нет или она другая: конец журнала отрезан"
               f" или база подменена (последняя печать в базе {read_head(sql).seal})")


def _verify_source(sql: Sql, source: Source) -> Iterator[tuple[str, str]]:
    names = {
        "table": pgsql.Identifier(source.table), "name": source.table, "made_at": pgsql.Identifier(source.made_at),
        "words": pgsql.SQL(_WORDS[source.table]),  # type: ignore[arg-type]
        "hash": source.row_hash, "late": LATE,
    }
    edited = sql.one(_EDITED.format(**names))
    if edited is not None:
        where = f"{source.table} {edited['row_id']}"
        yield (where, "опечатанная строка удалена") if edited["gone"] else (
            f"{where} ({edited['words']})", "строка изменена после опечатывания")
    late = sql.one(_LATE.format(**names))
    if late is not None:
        yield f"{source.table} {late['row_id']} ({late['words']})", "строка вставлена задним числом"
    unsealed = sql.one(_UNSEALED.format(**names))
    if unsealed is not None:
        yield (f"{source.table} {unsealed['row_id']} ({unsealed['words']})",
               "строка старше последней печати больше чем на сутки, но не опечатана")


def count_unsealed(sql: Sql) -> int:
    """Rows that wait for the next run of the sealer."""
    return sum(sql.value(pgsql.SQL(
        "SELECT count(*) FROM {table} t WHERE NOT EXISTS"
        " (SELECT FROM audit_seal s WHERE s.source = {name} AND s.row_id = t.id)").format(
            table=pgsql.Identifier(source.table), name=source.table)) for source in SOURCES)

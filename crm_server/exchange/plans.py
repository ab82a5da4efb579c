"""Plans of this process: a file is read once, whatever number of pages and questions are looked at."""

import threading
from collections import OrderedDict

from crm_contract.exchange import ImportOptions
from crm_server.exchange.excel.plan import ImportPlan, plan_import
from crm_server.exchange.excel.reader import UnreadableFile
from crm_server.exchange.files import SourceFile, readable_book, unreadable
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid

#: So many rows are kept in memory, the plans used last.
MAX_ROWS = 120_000

_plans: OrderedDict[str, ImportPlan] = OrderedDict()
_lock = threading.Lock()


def plan_of(ctx: Ctx, file: SourceFile, options: ImportOptions) -> ImportPlan:
    """The rows of the sheet in their buckets; raises INVALID for a sheet that cannot be read."""
    reading = options.model_dump_json(exclude={"mode", "match_by", "skip_bad", "remember_as", "price_kind_id",
                                               "prices_include_vat"})
    key = f"{file.sha256} {reading}"
    with _lock:
        plan = _plans.get(key)
        if plan is not None:
            _plans.move_to_end(key)
            return plan
    book = readable_book(ctx, file.content, file.name)
    try:
        plan = plan_import(book, options)
    except UnreadableFile as error:
        raise unreadable(error) from error
    except KeyError:
        raise invalid({"sheet": f"Листа «{options.sheet}» в файле нет"}) from None
    with _lock:
        _plans[key] = plan
        while sum(len(known.rows) for known in _plans.values()) > MAX_ROWS and len(_plans) > 1:
            _plans.popitem(last=False)
    return plan

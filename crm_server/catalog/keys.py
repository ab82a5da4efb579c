"""The search key of a product."""

import re

from crm_contract.catalog import ProductBody
from crm_server.kit.search import QUOTES, fold

_PUNCTUATION = re.compile(r"[\W_]+")
_QUOTES = re.compile(f'[{QUOTES}"]')


def sku_key(sku: str) -> str:
    """An article as it is looked up: «104-220» is found by `104220` too."""
    return fold(_PUNCTUATION.sub("", sku))


def product_search(body: ProductBody) -> str:
    """Words with a space before and after; the key of the article is the last one."""
    full_name = body.full_name if body.full_name != body.name else ""
    text = fold(_QUOTES.sub("", " ".join([body.sku, body.name, full_name, *body.barcodes])))
    return f" {' '.join([*text.split(), *sku_key(body.sku).split()])} "

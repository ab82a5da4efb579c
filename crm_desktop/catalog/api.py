"""The routes of products, as blocking calls for the workers."""

from crm_contract.base import Created, VersionBody
from crm_contract.catalog import PriceKindRead, ProductBody, ProductCard, ProductUpdate
from crm_contract.purchases import SupplierItem
from crm_contract.stock_rules import RuleRead
from crm_desktop.kit.api_client import ApiClient


class CatalogApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def get(self, id: int) -> ProductCard:
        return self._api.get(f"/api/products/{id}", ProductCard)

    def suppliers(self, id: int) -> list[SupplierItem]:
        return self._api.get(f"/api/products/{id}/suppliers", list[SupplierItem])

    def rules(self, id: int) -> list[RuleRead]:
        return self._api.get("/api/stock/rules", list[RuleRead], {"product_id": id})

    def create(self, body: ProductBody) -> Created:
        return self._api.post("/api/products", Created, body)

    def update(self, id: int, body: ProductUpdate) -> Created:
        return self._api.put(f"/api/products/{id}", Created, body)

    def set_archived(self, id: int, version: int, *, archived: bool) -> Created:
        act = "archive" if archived else "unarchive"
        return self._api.post(f"/api/products/{id}/{act}", Created, VersionBody(version=version))

    def price_kinds(self) -> list[PriceKindRead]:
        return self._api.get("/api/price-kinds", list[PriceKindRead])

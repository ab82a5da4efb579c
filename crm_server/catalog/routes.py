"""Routes of products, groups, price kinds, units and their pick lists."""



from crm_contract.base import Created, VersionBody
from crm_contract.catalog import PriceRead, ProductBody, ProductCard, ProductUpdate, UnitRead
from crm_contract.labels import LabelsPrinted, ProductLabel, ProductLabelsQuery
from crm_contract.parties import RefHit
from crm_contract.permissions import Permission
from crm_server.catalog import card, directories, labels, picks, service
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router
from crm_server.kit.search import SearchText

router = Router("/api", "catalog")


@router.get("/products/{product_id}", permission=Permission.PRODUCT_VIEW)
def get_product(ctx: Ctx, product_id: int) -> ProductCard:
    """A product with barcodes and prices."""
    return card.get_product(ctx, product_id)


@router.get("/products/{product_id}/prices", permission=Permission.PRODUCT_VIEW)
def list_prices(ctx: Ctx, product_id: int) -> list[PriceRead]:
    """All prices a product ever had."""
    return card.list_prices(ctx, product_id)


@router.post("/products", permission=Permission.PRODUCT_EDIT)
def create_product(ctx: Ctx, body: ProductBody) -> Created:
    """Create a product."""
    return service.create_product(ctx, body)


@router.put("/products/{product_id}", permission=Permission.PRODUCT_EDIT)
def update_product(ctx: Ctx, product_id: int, body: ProductUpdate) -> Created:
    """Save the whole card of a product."""
    return service.update_product(ctx, product_id, body)


@router.post("/products/{product_id}/archive", permission=Permission.PRODUCT_EDIT)
def archive_product(ctx: Ctx, product_id: int, body: VersionBody) -> Created:
    """Take a product out of the lists."""
    return service.archive_product(ctx, product_id, body.version, archived=True)


@router.post("/products/{product_id}/unarchive", permission=Permission.PRODUCT_EDIT)
def unarchive_product(ctx: Ctx, product_id: int, body: VersionBody) -> Created:
    """Bring an archived product back."""
    return service.archive_product(ctx, product_id, body.version, archived=False)


@router.query("/labels/products", permission=Permission.PRODUCT_VIEW)
def list_product_labels(ctx: Ctx, body: ProductLabelsQuery) -> list[ProductLabel]:
    """Names, barcodes and prices for the labels of products."""
    return labels.product_labels(ctx, body)


@router.post("/labels/printed", permission=Guard.LOGGED_IN)
def note_labels_printed(ctx: Ctx, body: LabelsPrinted) -> None:
    """Write to the journal that labels go to the printer."""
    labels.labels_printed(ctx, body)


@router.get("/units", permission=Guard.LOGGED_IN)
def list_units(ctx: Ctx) -> list[UnitRead]:
    """Units of measure with their ОКЕИ codes."""
    return directories.list_units()


@router.get("/pick/product", permission=Permission.PRODUCT_VIEW)
def pick_product(ctx: Ctx, q: SearchText = "", place_id: int | None = None) -> list[RefHit]:
    """Products to choose from; a scanned barcode finds its product first."""
    return picks.pick_products(ctx, q, place_id)


@router.get("/pick/product_group", permission=Guard.LOGGED_IN)
def pick_group(ctx: Ctx, q: SearchText = "") -> list[RefHit]:
    """Product groups to choose from."""
    return picks.pick_groups(ctx, q)


@router.get("/pick/price_kind", permission=Guard.LOGGED_IN)
def pick_price_kind(ctx: Ctx, q: SearchText = "") -> list[RefHit]:
    """Price kinds to choose from."""
    return picks.pick_price_kinds(ctx, q)

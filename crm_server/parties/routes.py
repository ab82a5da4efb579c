"""Routes of parties, contact roles and their pick lists."""

from datetime import datetime

from crm_contract.base import Created, VersionBody
from crm_contract.parties import (
    Duplicate,
    DuplicateQuery,
    MergeBody,
    MergeCandidate,
    MergePreviewBody,
    PartyBody,
    PartyCard,
    PartyUpdate,
    RefHit,
    TimelineBody,
    TimelineEntry,
)
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router
from crm_server.kit.search import SearchText
from crm_server.parties import card, duplicates, merge, picks, service, timeline

router = Router("/api", "parties")


@router.get("/parties/{party_id}", permission=Permission.PARTY_VIEW)
def get_party(ctx: Ctx, party_id: int) -> PartyCard:
    """A party with contacts, sites, accounts, counters and debt."""
    return card.get_party(ctx, party_id)


@router.post("/parties", permission=Permission.PARTY_EDIT)
def create_party(ctx: Ctx, body: PartyBody) -> Created:
    """Create a party."""
    return service.create_party(ctx, body)


@router.put("/parties/{party_id}", permission=Permission.PARTY_EDIT)
def update_party(ctx: Ctx, party_id: int, body: PartyUpdate) -> Created:
    """Save the whole card; rows left out of its lists are archived."""
    return service.update_party(ctx, party_id, body)


@router.post("/parties/{party_id}/archive", permission=Permission.PARTY_EDIT)
def archive_party(ctx: Ctx, party_id: int, body: VersionBody) -> Created:
    """Take a party out of the lists."""
    return service.archive_party(ctx, party_id, body.version, archived=True)


@router.post("/parties/{party_id}/unarchive", permission=Permission.PARTY_EDIT)
def unarchive_party(ctx: Ctx, party_id: int, body: VersionBody) -> Created:
    """Bring an archived party back."""
    return service.archive_party(ctx, party_id, body.version, archived=False)


@router.query("/parties/duplicates", permission=Permission.PARTY_VIEW)
def find_duplicates(ctx: Ctx, body: DuplicateQuery) -> list[Duplicate]:
    """Who already has this ИНН, phone, mail or name."""
    return duplicates.find_duplicates(ctx, body)


@router.query("/parties/merge/preview", permission=Permission.PARTY_MERGE)
def preview_merge(ctx: Ctx, body: MergePreviewBody) -> list[MergeCandidate]:
    """Parties to be merged, with what would move from each of them."""
    return merge.preview_merge(ctx, body.ids)


@router.post("/parties/{party_id}/merge", permission=Permission.PARTY_MERGE)
def merge_parties(ctx: Ctx, party_id: int, body: MergeBody) -> Created:
    """Move all of the doubles to a party; answers that party."""
    return merge.merge_parties(ctx, party_id, body)


@router.get("/parties/{party_id}/timeline", permission=Permission.PARTY_VIEW)
def list_timeline(ctx: Ctx, party_id: int, before: datetime | None = None) -> list[TimelineEntry]:
    """What happened with a party, newest first."""
    return timeline.list_timeline(ctx, party_id, before)


@router.post("/parties/{party_id}/notes", permission=Permission.PARTY_VIEW)
def add_note(ctx: Ctx, party_id: int, body: TimelineBody) -> Created:
    """Write a note into the timeline."""
    return timeline.add_note(ctx, party_id, body.text)


@router.get("/pick/party", permission=Permission.PARTY_VIEW)
def pick_party(ctx: Ctx, q: SearchText = "", role: picks.PartyRole = "") -> list[RefHit]:
    """Parties to choose from."""
    return picks.pick_parties(ctx, q, role)


@router.get("/pick/contact", permission=Permission.PARTY_VIEW)
def pick_contact(ctx: Ctx, party_id: int, q: SearchText = "") -> list[RefHit]:
    """Contacts of a party to choose from."""
    return picks.pick_contacts(ctx, party_id, q)


@router.get("/pick/site", permission=Permission.PARTY_VIEW)
def pick_site(ctx: Ctx, party_id: int, q: SearchText = "") -> list[RefHit]:
    """Sites of a party to choose from."""
    return picks.pick_sites(ctx, party_id, q)


@router.get("/pick/employee", permission=Guard.LOGGED_IN)
def pick_employee(ctx: Ctx, q: SearchText = "") -> list[RefHit]:
    """Employees to choose from."""
    return picks.pick_employees(ctx, q)


@router.get("/pick/branch", permission=Guard.LOGGED_IN)
def pick_branch(ctx: Ctx, q: SearchText = "") -> list[RefHit]:
    """Branches to choose from."""
    return picks.pick_branches(ctx, q)

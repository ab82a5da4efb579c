"""Routes of letters and of the rules that choose recipients."""

from typing import Annotated

from pydantic import Field

from crm_contract.base import Created
from crm_contract.mailing import (
    LetterBody,
    LetterRead,
    MailServerRead,
    MailTestRead,
    RecipientsAnswer,
    RoutingRule,
    RoutingRulesBody,
    RulePreview,
    RulesPreviewBody,
)
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.mailing import queries, rules, service

router = Router("/api", "mailing")


@router.get("/documents/{document_id}/recipients", permission=Permission.MAIL_SEND)
def get_recipients(ctx: Ctx, document_id: int, form: Annotated[str, Field(max_length=40)] = "") -> RecipientsAnswer:
    """Who gets a document, by which rule, and a proposed letter."""
    return service.get_recipients(ctx, document_id, form)


@router.post("/letters", permission=Permission.MAIL_SEND)
def queue_letter(ctx: Ctx, body: LetterBody) -> Created:
    """Queue a letter about a document."""
    return service.queue_letter(ctx, body)


@router.get("/letters/{letter_id}", permission=Permission.MAIL_SEND)
def get_letter(ctx: Ctx, letter_id: int) -> LetterRead:
    """A letter with the state of each recipient."""
    return queries.get_letter(ctx, letter_id)


@router.post("/letters/{letter_id}/retry", permission=Permission.MAIL_SEND)
def retry_letter(ctx: Ctx, letter_id: int) -> Created:
    """Send again to those who have not got the letter."""
    return service.retry_letter(ctx, letter_id)


@router.get("/mail/rules", permission=Permission.MAIL_RULES)
def list_rules(ctx: Ctx) -> list[RoutingRule]:
    """The matrix «document kind × contact role»."""
    return queries.list_rules(ctx)


@router.put("/mail/rules", permission=Permission.MAIL_RULES)
def save_rules(ctx: Ctx, body: RoutingRulesBody) -> list[RoutingRule]:
    """Replace the matrix."""
    return rules.save_rules(ctx, body)


@router.query("/mail/rules/preview", permission=Permission.MAIL_RULES)
def preview_rules(ctx: Ctx, body: RulesPreviewBody) -> list[RulePreview]:
    """Who would get what of a customer by these rules, saved or not."""
    return rules.preview_rules(ctx, body)


@router.get("/mail/server", permission=Permission.SETTINGS_VIEW)
def get_mail_server(ctx: Ctx) -> MailServerRead:
    """How the mail server is set, and what waits in the queue."""
    return queries.get_mail_server(ctx)


@router.post("/mail/test", permission=Permission.SETTINGS_EDIT)
def send_test_mail(ctx: Ctx) -> MailTestRead:
    """Send a letter to yourself to try the mail server."""
    return service.send_test_mail(ctx)

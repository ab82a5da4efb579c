"""Routes of the import from spreadsheets."""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crm_contract.base import Created
from crm_contract.exchange import (
    DryRun,
    DryRunQuery,
    FileAnalysis,
    HeadingAnalysis,
    HeadingQuery,
    ImportBatchRead,
    ImportOptions,
    ImportTarget,
    SavedMapping,
)
from crm_contract.permissions import Permission
from crm_server.documents.file_names import content_disposition
from crm_server.exchange import batches, files, mappings, undo
from crm_server.exchange import dry_run as dry
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router

router = Router("/api/imports", "imports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUN = Permission.IMPORT_RUN


@router.post("/files", permission=RUN, keyless=True)
def upload_file(ctx: Ctx, file: UploadFile, target: ImportTarget) -> FileAnalysis:
    """Keep a spreadsheet and tell what is in it."""
    return files.add_file(ctx, file.filename or "", file.file, target)


@router.get("/files/{file_id}", permission=RUN)
def analyse_file(ctx: Ctx, file_id: int, target: ImportTarget) -> FileAnalysis:
    """The same file as a list of the other target."""
    return files.analyse_file(ctx, file_id, target)


@router.query("/files/{file_id}/heading", permission=RUN)
def analyse_heading(ctx: Ctx, file_id: int, body: HeadingQuery) -> HeadingAnalysis:
    """The columns under a heading that a person chose."""
    return files.analyse_heading(ctx, file_id, body)


@router.query("/files/{file_id}/dry-run", permission=RUN)
def dry_run(ctx: Ctx, file_id: int, body: DryRunQuery) -> DryRun:
    """What a load would do, page by page; writes nothing."""
    return dry.dry_run(ctx, file_id, body)


@router.post("/files/{file_id}/batches", permission=RUN)
def create_batch(ctx: Ctx, file_id: int, body: ImportOptions) -> Created:
    """Put a load into the queue."""
    return batches.create_batch(ctx, file_id, body)


@router.query("/files/{file_id}/report", permission=RUN)
def report(ctx: Ctx, file_id: int, body: ImportOptions) -> Response:
    """The rows that would not go in, with the reasons, as a workbook."""
    return _workbook(dry.report(ctx, file_id, body))


@router.get("/mappings", permission=RUN)
def list_mappings(ctx: Ctx, target: ImportTarget) -> list[SavedMapping]:
    """Remembered mappings of columns."""
    return mappings.list_mappings(ctx, target)


@router.delete("/mappings/{mapping_id}", permission=RUN)
def delete_mapping(ctx: Ctx, mapping_id: int) -> None:
    """Forget a mapping."""
    mappings.delete_mapping(ctx, mapping_id)


@router.get("/{batch_id}", permission=RUN)
def read_batch(ctx: Ctx, batch_id: int) -> ImportBatchRead:
    """A load with its progress."""
    return batches.read_batch(ctx, batch_id)


@router.post("/{batch_id}/cancel", permission=RUN)
def cancel_batch(ctx: Ctx, batch_id: int) -> Created:
    """Stop a load; what is loaded stays."""
    return batches.cancel_batch(ctx, batch_id)


@router.post("/{batch_id}/undo", permission=RUN)
def undo_batch(ctx: Ctx, batch_id: int) -> Created:
    """Take back everything a load wrote."""
    return undo.queue_undo(ctx, batch_id)


@router.get("/{batch_id}/report", permission=RUN)
def report_batch(ctx: Ctx, batch_id: int) -> Response:
    """The rows that did not go in, with the reasons, as a workbook."""
    return _workbook(batches.report_batch(ctx, batch_id))


def _workbook(content: bytes) -> Response:
    return Response(content, media_type=XLSX, headers={
        "Content-Disposition": content_disposition("Не загружено.xlsx"), "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store"})

"""Routes of the files of documents."""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crm_contract.files import FileRead
from crm_server.documents import files
from crm_server.documents.file_names import content_disposition
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router

router = Router("/api", "files")


@router.post("/documents/{document_id}/files", permission=Guard.BY_KIND)
def add_file(ctx: Ctx, document_id: int, file: UploadFile, source: files.Source = "upload") -> FileRead:
    """Keep a file of a document: an upload, or what was printed or sent."""
    return files.add_file(ctx, document_id, file.filename or "", file.file, source)


@router.get("/documents/{document_id}/files", permission=Guard.BY_KIND)
def list_files(ctx: Ctx, document_id: int) -> list[FileRead]:
    """The files of a document, oldest first."""
    return files.list_files(ctx, document_id)


@router.get("/files/{file_id}", permission=Guard.BY_KIND)
def download_file(ctx: Ctx, file_id: int) -> Response:
    """The content of a file under its name."""
    name, media_type, content = files.open_file(ctx, file_id)
    return Response(content, media_type=media_type, headers={
        "Content-Disposition": content_disposition(name), "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store"})

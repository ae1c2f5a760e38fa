"""The chat page and its files: read once at the start; no request reaches into the file system."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from sanic import Blueprint, Request
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse

SERVED = {".html", ".css", ".js", ".svg", ".png", ".woff2"}


@dataclass(frozen=True)
class _File:
    body: bytes
    content_type: str
    tag: str


def make_page(folder: Path) -> Blueprint:
    """Return the routes `/` (index.html) and `/webchat/…` for the files of one folder.

    Args:
        folder: the page's source; files of other kinds than a page needs are left out.
    """
    files = {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in SERVED
    }
    page = Blueprint("page")

    @page.get("/")
    async def index(request: Request) -> HTTPResponse:
        return _send(request, files, "index.html")

    @page.get("/webchat/<name:path>")
    async def one(request: Request, name: str) -> HTTPResponse:
        return _send(request, files, name)

    return page


def _read(path: Path) -> _File:
    body = path.read_bytes()
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    text = path.suffix in {".html", ".css", ".js", ".svg"}
    content_type = f"{kind}; charset=utf-8" if text else str(kind)
    return _File(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def _send(request: Request, files: dict[str, _File], name: str) -> HTTPResponse:
    file = files.get(name)
    if file is None:
        raise NotFound(name)
    # Always asked again, rarely sent again: a new version is seen at once.
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == file.tag:
        return HTTPResponse(status=304, headers=headers)
    return HTTPResponse(file.body, content_type=file.content_type, headers=headers)

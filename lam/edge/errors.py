"""What goes wrong is said in one form: `{"error": {"code", "message"}}`, with a 4xx or 5xx status."""

import asyncio
import logging
from typing import Any

from sanic import Request
from sanic.exceptions import InvalidUsage, PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, json

log = logging.getLogger(__name__)

# A client that is still sending would not read our refusal: so much more of its body is read and dropped.
DRAIN_BYTES = 32 * 1024 * 1024
DRAIN_SECONDS = 10.0

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    417: "bad_request",
    503: "unavailable",
}


class Problem(Exception):  # noqa: N818
    """A request that can't be served; its message says what was expected, what was found, what to do."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}

    def response(self) -> HTTPResponse:
        """Return this problem as JSON."""
        body = {"error": {"code": self.code, "message": str(self)}}
        return json(body, status=self.status, headers={**self.headers, "Cache-Control": "no-store"})


class StrictRequest(Request):
    """A request whose length is a number; Sanic would wait for the rest of a negative one."""

    def __init__(self, url_bytes: bytes, headers: Any, *rest: Any, **options: Any) -> None:
        length = headers.getone("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise InvalidUsage("Expected a number in Content-Length.")
        super().__init__(url_bytes, headers, *rest, **options)


async def respond(request: Request, error: BaseException) -> HTTPResponse:
    """Sanic's handler for every exception: any failure becomes JSON, and none tells of our insides."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, PayloadTooLarge):
        await _drain(request)
        limit = request.app.config.REQUEST_MAX_SIZE // 1024
        return Problem(413, "too_large", f"Expected a body of at most {limit} KiB; send less.").response()
    if request.method == "NONE":
        # Sanic's stand-in for a request that could not even be read.
        return Problem(400, "bad_request", "Expected an HTTP/1.1 request; this one can't be read.").response()
    if isinstance(error, SanicException) and error.status_code < 500:
        code = _CODES.get(error.status_code, "bad_request")
        headers = dict(getattr(error, "headers", {}) or {})
        headers = {name: value for name, value in headers.items() if name.lower() == "allow"}
        message = {
            404: f"There is nothing at {request.path}; the chat page is at /.",
            405: f"{request.method} is not possible at {request.path}; see the header Allow.",
        }.get(error.status_code, "Expected a well-formed HTTP request; check its headers and body.")
        return Problem(error.status_code, code, message, headers).response()
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return Problem(500, "internal", "Something went wrong here; send the same id again.").response()


async def _drain(request: Request) -> None:
    stream: Any = request.stream
    if stream is None:
        return
    stream.request_max_size = DRAIN_BYTES

    async def read() -> None:
        async for _ in stream:
            pass

    try:
        await asyncio.wait_for(read(), DRAIN_SECONDS)
    except (TimeoutError, PayloadTooLarge, SanicException):
        stream.keep_alive = False

"""Is the process alive, and can it serve? The page asks, and so does who runs it."""

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from lam.edge.services import services

health = Blueprint("health", url_prefix="/health")


@health.get("/live")
async def live(request: Request) -> HTTPResponse:
    """The process runs."""
    return json({"status": "live"})


@health.get("/ready")
async def ready(request: Request) -> HTTPResponse:
    """Engine and actions can serve; 503 and which one can't, otherwise."""
    parts = await services(request).engine.ready()
    all_ready = all(parts.values())
    body = {"status": "ready" if all_ready else "starting"}
    body |= {name: "ready" if ok else "starting" for name, ok in parts.items()}
    return json(body, status=200 if all_ready else 503, headers={"Cache-Control": "no-store"})

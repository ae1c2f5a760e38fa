"""The action server: rasa_sdk's own app on loopback, for the holder of the actions key."""

import hmac
import importlib
import warnings

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from lam.settings import Secret, SettingError, Settings

with warnings.catch_warnings():  # sanic_cors uses what Python 3.12 drops, and Sanic has it said
    warnings.simplefilter("ignore")
    from rasa_sdk.endpoint import create_app


def action_server(package: str, key: Secret) -> Sanic:
    """Build the app that runs the actions of a package; only `GET /health` is open.

    Where the package has a function `warm_up`, it runs before the app listens.

    Raises:
        SettingError: there is no key, so nobody could be told from anybody.
    """
    if not key:
        raise SettingError("LAM_ACTIONS_KEY: expected a key, found none. `lam up` makes one.")
    app = create_app(package, cors_origins="")
    expected = f"Bearer {key.reveal()}".encode()

    warm_up = getattr(importlib.import_module(package), "warm_up", None)
    if warm_up:
        app.register_listener(lambda *_: warm_up(), "before_server_start")

    @app.middleware("request")
    async def demand_key(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if request.path == "/health" or hmac.compare_digest(given, expected):
            return None
        return json({"error": "Expected the actions key as bearer token."}, 401)

    return app


def serve_actions(settings: Settings, package: str = "actions") -> None:
    """Serve the actions until a signal stops the process."""
    app = action_server(package, settings.actions_key)
    app.run("127.0.0.1", settings.actions_port, access_log=False, motd=False)

"""Running the edge: Sanic's own runner waits for idle connections when it stops, and hides a busy port."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sanic import Sanic

from lam.edge.app import create_app
from lam.settings import SettingError, Settings

GRACE_SECONDS = 5.0


def serve(settings: Settings) -> None:
    """Run the edge until SIGINT or SIGTERM.

    Raises:
        SettingError: the address can't be used, a key or a sentence is missing.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It would write whole addresses, with the names of programs in them; ours has a line for each request.
    logging.getLogger("sanic.root").setLevel(logging.WARNING)
    asyncio.run(_serve(create_app(settings), _listen(settings.host, settings.port)))


@asynccontextmanager
async def running(app: Sanic, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an app on a bound socket as long as the block runs.

    At the end what is under way has a few seconds to finish; idle connections are closed.
    """
    server = await app.create_server(
        sock=listener, return_asyncio_server=True, asyncio_server_kwargs={"start_serving": False}
    )
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    try:
        yield
    finally:
        await server.before_stop()
        server.server.close()
        await _close(server.connections)
        await server.after_stop()


async def _serve(app: Sanic, listener: socket.socket) -> None:
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    async with running(app, listener):
        await stopped.wait()


async def _close(connections: set) -> None:  # type: ignore[type-arg]  # of Sanic's HttpProtocol
    loop = asyncio.get_running_loop()
    until = loop.time() + GRACE_SECONDS
    while connections and loop.time() < until:
        for connection in list(connections):
            connection.close_if_idle()
        await asyncio.sleep(0.01)
    for connection in list(connections):
        connection.abort()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingError(
            f"LAM_HOST, LAM_PORT: expected a free address, found {host}:{port} ({error.strerror}). "
            "Stop what uses it, or set another one."
        ) from None
    return listener

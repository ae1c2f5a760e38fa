"""What the engine answers when a turn comes to nothing."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from lam.engine.action_endpoint import ActionFailed
from lam.engine.channel import EngineChannel
from lam.engine.messages import Message
from lam.settings import Secret, Settings


@pytest.mark.parametrize(("cause", "status"), [(TimeoutError(), 504), (ConnectionError(), 503), (None, 503)])
async def test_an_action_that_is_too_slow_is_told_apart_from_one_that_fails(cause, status):
    """It may have its effect yet, so the edge must not say that nothing came of it."""

    @asynccontextmanager
    async def lock(_conversation):
        yield

    async def turn(_conversation, _message):
        return []

    async def handle_message(_message):
        raise ActionFailed("action_submit_transfer") from cause

    agent = SimpleNamespace(
        lock_store=SimpleNamespace(lock=lock),
        tracker_store=SimpleNamespace(turn=turn),
        processor=SimpleNamespace(handle_message=handle_message),
    )
    channel = EngineChannel(Settings(engine_key=Secret("key")))
    _, found = await channel._turn(agent, Message("a", "m", "yes"))
    assert found == status

"""One at a time, in order, without polling."""

import asyncio
import time

import pytest
from rasa.core import lock_store

from lam.engine.lock_store import LockStore


async def test_is_one_of_rasas():
    assert isinstance(lock_store.LockStore.create(LockStore(endpoint_config=None)), lock_store.LockStore)


async def test_turns_run_one_at_a_time_in_order():
    store, running, order = LockStore(), 0, []

    async def work(number: int) -> None:
        nonlocal running
        async with store.lock("c1"):
            running += 1
            assert running == 1
            await asyncio.sleep(0.001)
            order.append(number)
            running -= 1

    await asyncio.gather(*(work(number) for number in range(20)))
    assert order == list(range(20))


async def test_ten_quick_messages_do_not_wait_for_a_poll():
    """Rasa's store took 9.1 s for these: whoever waits looks once a second."""
    store, begin = LockStore(), time.monotonic()

    async def work() -> None:
        async with store.lock("c1"):
            await asyncio.sleep(0.01)

    await asyncio.gather(*(work() for _ in range(10)))
    assert time.monotonic() - begin < 1


async def test_other_conversations_do_not_wait():
    store = LockStore()
    async with store.lock("c1"):
        await asyncio.wait_for(_enter(store, "c2"), 1)


async def test_a_turn_that_is_cancelled_or_fails_leaves_no_lock():
    store = LockStore()
    with pytest.raises(ZeroDivisionError):
        async with store.lock("c1"):
            waiting = asyncio.create_task(_enter(store, "c1"))
            await asyncio.sleep(0)
            assert store.is_someone_waiting("c1")
            waiting.cancel()
            raise ZeroDivisionError
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(_enter(store, "c1"), 1)
    assert not store.is_someone_waiting("c1")


async def _enter(store: LockStore, conversation: str) -> None:
    async with store.lock(conversation):
        pass

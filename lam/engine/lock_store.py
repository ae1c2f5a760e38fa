"""Lock store: one turn of a conversation at a time, first come first served, and nobody polls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rasa.core import lock_store
from rasa.core.lock import TicketLock


@dataclass
class _Turnstile:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    people: int = 0  # who is in, and who waits


class LockStore(lock_store.LockStore):
    """Locks within one engine. Between engines the tracker store refuses the slower one.

    A lock has no lifetime: it is held until the turn ends, however long an action takes.
    """

    def __init__(self, endpoint_config: Any = None) -> None:
        self._turnstiles: dict[str, _Turnstile] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncIterator[TicketLock]:
        """Hold a conversation; the two times are Rasa's and mean nothing here."""
        turnstile = self._turnstiles.setdefault(conversation_id, _Turnstile())
        turnstile.people += 1
        try:
            async with turnstile.lock:
                yield TicketLock(conversation_id)
        finally:
            turnstile.people -= 1
            if not turnstile.people:
                del self._turnstiles[conversation_id]

    def is_someone_waiting(self, conversation_id: str) -> bool:
        """True when somebody holds the conversation or waits for it."""
        return conversation_id in self._turnstiles

"""Wake-ups: who waits for news of a conversation is told to look into the database again.

They carry no data, so a lost one costs a delay and never an answer. One edge process needs no more than this;
several share the same two methods over Redis.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Wakes:
    """Wake-ups in memory, for one process. Call it from the event loop only."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def watch(self, conversation: str) -> Iterator[asyncio.Event]:
        """Give an event that is set at each wake-up; who waits on it clears it, then looks."""
        event = asyncio.Event()
        self._waiting[conversation].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]

    def wake(self, conversation: str) -> None:
        """Tell everybody who watches this conversation to look again."""
        for event in self._waiting.get(conversation, ()):
            event.set()

    def wake_all(self) -> None:
        """Tell everybody; for the end of the process."""
        for conversation in list(self._waiting):
            self.wake(conversation)

    def watchers(self, conversation: str) -> int:
        """Return how many watch this conversation."""
        return len(self._waiting.get(conversation, ()))

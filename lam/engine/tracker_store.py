"""Tracker store: a conversation's events, only ever appended, in the conversations database.

What differs from Rasa's SQL store: errors reach the caller, the event loop never waits for the database, two
engines can't interleave one conversation, and the events of one message's turn can be read back by its id.
"""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core import tracker_store
from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lam.engine.tables import TRACKER_EVENT
from lam.settings import load_settings
from lam.storage import MIGRATIONS, Database, migrate, open_database

_EVENT = TRACKER_EVENT.c


class Conflict(Exception):  # noqa: N818
    """Somebody else has stored events of this conversation since the tracker was read."""


class TrackerStore(tracker_store.TrackerStore):
    """Rasa's interface over `tracker_event`. `endpoints.yml` names this class."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        database: Database | None = None,
        **_endpoint: Any,
    ) -> None:
        """Open the store; without `database` it is the one that the settings name, brought up to date."""
        super().__init__(domain, event_broker)
        if database is None:
            database = open_database(load_settings().url("conversations"))
            migrate(database, MIGRATIONS / "conversations")
        self._database = database

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation since its last session start, or None."""
        return await asyncio.to_thread(self._tracker, sender_id, False)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the conversation from its first event on, or None."""
        return await asyncio.to_thread(self._tracker, conversation_id, True)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what the tracker holds beyond the stored events, in one transaction.

        Raises:
            Conflict: the tracker doesn't continue what is stored: another engine was faster.
        """
        events = await asyncio.to_thread(self._append, tracker.sender_id, list(tracker.events))
        if self.event_broker is not None:
            # After the commit: nobody may hear of events that are then lost.
            await self._stream_new_events(self.event_broker, events, tracker.sender_id)

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        return await asyncio.to_thread(self._keys)

    async def delete(self, conversation: str) -> None:
        """Forget a conversation."""
        await asyncio.to_thread(self._delete, conversation)

    async def turn(self, conversation: str, message: str) -> list[dict[str, Any]]:
        """Return the stored events of one message's turn, in order; empty when there was none."""
        return await asyncio.to_thread(self._turn, conversation, message)

    def _tracker(self, conversation: str, full: bool) -> DialogueStateTracker | None:
        query = sa.select(_EVENT.data).where(_EVENT.conversation == conversation).order_by(_EVENT.seq)
        if not full:
            query = query.where(_EVENT.seq >= _last_session(conversation))
        with self._database.read() as connection:
            events = [json.loads(data) for data in connection.scalars(query)]
        if not events:
            return None
        return DialogueStateTracker.from_dict(conversation, events, self.domain.slots)

    def _append(self, conversation: str, events: list[Event]) -> list[Event]:
        last = (
            sa.select(_EVENT.seq, _EVENT.timestamp, _EVENT.type)
            .where(_EVENT.conversation == conversation)
            .order_by(_EVENT.seq.desc())
            .limit(1)
        )
        with self._database.write() as connection:
            stored = connection.execute(last).first()
            new = _beyond(events, stored, conversation)
            if not new:
                return []
            rows = _rows(conversation, new, first=stored.seq + 1 if stored else 0)
            try:
                connection.execute(sa.insert(TRACKER_EVENT), rows)
            except sa.exc.IntegrityError as error:
                raise Conflict(f"Conversation {conversation}: another engine stored events first.") from error
        return new

    def _keys(self) -> list[str]:
        with self._database.read() as connection:
            return list(connection.scalars(sa.select(_EVENT.conversation).distinct()))

    def _delete(self, conversation: str) -> None:
        with self._database.write() as connection:
            connection.execute(sa.delete(TRACKER_EVENT).where(_EVENT.conversation == conversation))

    def _turn(self, conversation: str, message: str) -> list[dict[str, Any]]:
        query = (
            sa.select(_EVENT.data)
            .where(_EVENT.conversation == conversation, _EVENT.message == message)
            .order_by(_EVENT.seq)
        )
        with self._database.read() as connection:
            return [json.loads(data) for data in connection.scalars(query)]


def _last_session(conversation: str) -> Any:
    started = sa.select(sa.func.max(_EVENT.seq)).where(
        _EVENT.conversation == conversation, _EVENT.type == SessionStarted.type_name
    )
    return sa.func.coalesce(started.scalar_subquery(), 0)


def _beyond(events: list[Event], stored: Any, conversation: str) -> list[Event]:
    """Return the events after the last stored one, which the tracker has to know."""
    if stored is None:
        return events
    for position in range(len(events), 0, -1):
        event = events[position - 1]
        if event.timestamp == stored.timestamp and event.type_name == stored.type:
            return events[position:]
    raise Conflict(
        f"Conversation {conversation}: the tracker doesn't hold stored event {stored.seq}. Read it again."
    )


def _rows(conversation: str, events: list[Event], first: int) -> list[dict[str, Any]]:
    message = next((event.message_id for event in events if isinstance(event, UserUttered)), None)
    return [
        {
            "conversation": conversation,
            "seq": seq,
            "timestamp": event.timestamp,
            "type": event.type_name,
            "message": message,
            "data": json.dumps(event.as_dict()),
        }
        for seq, event in enumerate(events, first)
    ]

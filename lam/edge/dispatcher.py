"""From inbox to outbox: one task for each conversation with unanswered messages, one message at a time."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from weakref import WeakValueDictionary

from lam.conversations import Conversations, Message, Turn, Utterance
from lam.edge.engine import EngineClient, EngineUnavailable, TurnRefused
from lam.edge.wakes import Wakes
from lam.edge.words import Words
from lam.settings import Settings

log = logging.getLogger(__name__)

# Seconds between two attempts: the first wait, doubled each time, up to the longest.
FIRST_WAIT = 0.2
LONGEST_WAIT = 3.0
# A turn that fails for so long although engine and actions are well will not succeed: the user is told.
GIVE_UP_SECONDS = 180.0


class Dispatcher:
    """Hands messages to the engine, in order, until each is answered. Runs on the event loop.

    It keeps no message in memory: the inbox says what is next, so a restart loses nothing.
    """

    def __init__(
        self,
        settings: Settings,
        conversations: Conversations,
        engine: EngineClient,
        wakes: Wakes,
        words: Words,
    ) -> None:
        self._settings = settings
        self._conversations = conversations
        self._engine = engine
        self._wakes = wakes
        self._words = words
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._notices: dict[int, asyncio.Task[None]] = {}
        self._closed = False
        self._again: set[str] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def resume(self) -> None:
        """Take up all that was left unanswered when the process ended."""
        for message in await asyncio.to_thread(self._left):
            self.start(message.conversation, message.seq)

    def start(self, conversation: str, seq: int) -> None:
        """See to a message that has just come in, or is left over; harmless when that is under way."""
        if self._closed:
            return  # it stays in the inbox for the next process
        if seq not in self._notices:
            self._notices[seq] = asyncio.create_task(self._notice_late(conversation, seq))
        self._again.add(conversation)
        if conversation not in self._tasks:
            self._tasks[conversation] = asyncio.create_task(self._serve(conversation))
        self._wakes.wake(conversation)

    def busy(self, conversation: str) -> bool:
        """Tell whether an answer is being worked on."""
        return conversation in self._tasks

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Keep a conversation's new messages from the engine while something is decided about them."""
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        async with lock:
            yield

    async def close(self) -> None:
        """Stop; what is unanswered stays in the inbox."""
        self._closed = True
        tasks = [*self._tasks.values(), *self._notices.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _left(self) -> list[Message]:
        waiting = self._conversations.waiting()
        return [one for conversation in waiting for one in self._conversations.unfinished(conversation)]

    async def _serve(self, conversation: str) -> None:
        failures = 0
        try:
            while conversation in self._again:
                self._again.discard(conversation)
                try:
                    while message := await self._next(conversation):
                        await self._answer(message)
                        self._wakes.wake(conversation)
                except Exception:
                    # The database, or a defect of ours: the message stays in the inbox, so try again.
                    log.exception("Conversation %s waits", conversation)
                    failures += 1
                    self._again.add(conversation)
                    await asyncio.sleep(_wait(failures))
        finally:
            del self._tasks[conversation]
            self._wakes.wake(conversation)

    async def _next(self, conversation: str) -> Message | None:
        async with self.hold(conversation):
            return await asyncio.to_thread(self._conversations.next, conversation)

    async def _answer(self, message: Message) -> None:
        turn = await self._turn(message)
        await asyncio.to_thread(self._conversations.answer, message.seq, turn, at=self._settings.present())
        if notice := self._notices.pop(message.seq, None):
            notice.cancel()

    async def _turn(self, message: Message) -> Turn:
        attempt = 0
        failing_since: float | None = None
        while True:
            try:
                turn = await self._engine.turn(message)
                if turn.utterances:
                    return turn
                # No rule and no policy had anything to say: silence would leave the user waiting.
                log.error("Message %d was answered with nothing", message.seq)
                break
            except TurnRefused as error:
                log.error("Message %d was refused: %s", message.seq, error)
                break
            except EngineUnavailable as error:
                if attempt == 0:
                    log.warning("Message %d waits: %s", message.seq, error)
                if not (error.failed and all((await self._engine.ready()).values())):
                    # Down, starting or slow: that passes, and what is slow may have its effect yet.
                    failing_since = None
                elif failing_since is None:
                    failing_since = monotonic()
                elif monotonic() - failing_since >= GIVE_UP_SECONDS:
                    break
                attempt += 1
                await asyncio.sleep(_wait(attempt))
        log.error("Message %d gets no answer", message.seq)
        # It has no BotUttered; the message's number makes its id the only one.
        return Turn((Utterance(-message.seq - 0.5, self._words.failed, kind="error"),))

    async def _notice_late(self, conversation: str, seq: int) -> None:
        # Not part of the message's turn: one that waits behind another is late, too.
        try:
            await asyncio.sleep(self._settings.patience_seconds)
            await asyncio.to_thread(
                self._conversations.notice, seq, self._words.still_working, at=self._settings.present()
            )
            self._wakes.wake(conversation)
        except Exception:
            log.exception("Message %d waits, and its sender can't be told", seq)
        finally:
            self._notices.pop(seq, None)


def _wait(attempt: int) -> float:
    """Return the seconds to wait after a failed attempt: doubling, capped, and not all at the same moment."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 10)) * random.uniform(0.7, 1.0)

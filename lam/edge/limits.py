"""How many messages one conversation may send in a minute. In memory: a restart forgives."""

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

from lam.edge.errors import Problem

WINDOW_SECONDS = 60.0
KEPT = 10_000


class Limiter:
    """A sliding window of a minute for each key; the keys that were quiet longest are forgotten first."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def admit(self, key: str) -> None:
        """Count one message.

        Raises:
            Problem: 429 with Retry-After, in whole seconds, when the minute's share is used up.
        """
        now = self._clock()
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self._per_minute:
            wait = int(times[0] + WINDOW_SECONDS - now) + 1
            raise Problem(
                429, "too_many_messages",
                f"Expected at most {self._per_minute} messages a minute; try again in {wait} s.",
                {"Retry-After": str(wait)},
            )  # fmt: skip
        times.append(now)
        while len(self._times) > KEPT:
            self._times.popitem(last=False)

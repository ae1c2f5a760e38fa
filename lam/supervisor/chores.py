"""What `lam up` does for the demonstration bank beside its children: shows codes, books what is due."""

import asyncio
from collections.abc import Callable, Sequence

from lam.settings import Settings
from lam.storage import open_database
from lam.supervisor.databases import book_due, has_bank

_CODES_SECONDS, _DUE_SECONDS = 0.5, 60.0


async def show_codes(settings: Settings, tell: Callable[[str], None]) -> None:
    """Show the one-time codes that the demonstration bank would send to people's phones."""
    if not has_bank():
        return
    from bank.codes import newest

    database = open_database(settings.url("bank"))
    last: int | None = None

    def look() -> list[str]:
        nonlocal last
        codes = newest(database, last or 0)
        before, last = last, max((code.id for code in codes), default=last or 0)
        if before is None:  # what was sent before the start is nobody's business any more
            return []
        return [f"One-time code for {code.name} ({code.customer}): {code.code}" for code in codes]

    await repeat(look, _CODES_SECONDS, "Reading one-time codes", tell)


async def book_payments(settings: Settings, tell: Callable[[str], None]) -> None:
    """Once a minute, book the demonstration bank's planned transfers and standing orders that are due."""
    if not has_bank():
        return

    def book() -> list[str]:
        book_due(settings)
        return []

    await repeat(book, _DUE_SECONDS, "Booking planned payments", tell)


async def repeat(
    work: Callable[[], Sequence[str]], pause: float, name: str, tell: Callable[[str], None]
) -> None:
    """Do some work again and again, for ever, whatever goes wrong with it.

    Args:
        work: runs in a thread; returns lines to tell.
        pause: seconds between its end and its next start.
        name: of the work, for people; they read once that it fails, and once that it works again.
        tell: shows a line.
    """
    failing = False
    while True:
        try:
            for line in await asyncio.to_thread(work):
                tell(line)
            if failing:
                tell(f"{name} works again.")
            failing = False
        except Exception as error:  # whatever it is, the chat goes on
            if not failing:
                tell(f"{name} fails ({_first_line(error)}); trying again every {pause:g} s.")
            failing = True
        await asyncio.sleep(pause)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n", maxsplit=1)[0]

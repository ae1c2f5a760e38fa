"""What `lam up` does for the demonstration bank, also while its database is away."""

import asyncio

import pytest
import sqlalchemy as sa

from lam.settings import Settings
from lam.supervisor import chores
from lam.supervisor.databases import migrate_all


class Told(list):
    """Lines that were told; `until` ends some work when there are enough."""

    def __init__(self) -> None:
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.append(line)
        self._more.set()

    async def until(self, count: int, work) -> None:
        task = asyncio.create_task(work)
        async with asyncio.timeout(10):
            while len(self) < count:
                await self._more.wait()
                self._more.clear()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_trouble_is_told_once_and_its_end_too():
    told = Told()
    away = sa.exc.OperationalError("SELECT secret", {}, Exception("database is locked\nmore"))
    results = iter([away, away, ["a code"], away, [], ["the end"]])

    def work() -> list[str]:
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    await told.until(6, chores.repeat(work, 0.01, "Looking", told))
    error = "OperationalError: (builtins.Exception) database is locked"
    trouble = f"Looking fails ({error}); trying again every 0.01 s."
    assert told == [trouble, "a code", "Looking works again.", trouble, "Looking works again.", "the end"]


async def test_codes_are_shown_after_a_hiccup_of_the_database(tmp_path, monkeypatch):
    from bank.codes import newest

    told = Told()
    settings = Settings(home=tmp_path)
    migrate_all(settings)
    code = type("Code", (), {"id": 7, "name": "Ada", "customer": "10000001", "code": "246810"})
    looks = iter([[], None, [code]])

    def hiccup(database, after=0):
        assert newest(database, after) == []
        found = next(looks, [])
        if found is None:
            raise sa.exc.OperationalError("SELECT", {}, Exception("server closed the connection"))
        return found

    monkeypatch.setattr("bank.codes.newest", hiccup)
    monkeypatch.setattr(chores, "_CODES_SECONDS", 0.01)
    await told.until(3, chores.show_codes(settings, told))
    assert told[0].startswith("Reading one-time codes fails (OperationalError")
    assert told[1:] == ["One-time code for Ada (10000001): 246810", "Reading one-time codes works again."]


async def test_payments_are_booked_again_after_a_failure(tmp_path, monkeypatch):
    told, results = Told(), iter([ZeroDivisionError("none"), 2])
    migrate_all(Settings(home=tmp_path))

    def run_due(bank):
        result = next(results, 0)
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr("bank.Bank.run_due", run_due)
    monkeypatch.setattr(chores, "_DUE_SECONDS", 0.01)
    await told.until(2, chores.book_payments(Settings(home=tmp_path), told))
    assert told == [
        "Booking planned payments fails (ZeroDivisionError: none); trying again every 0.01 s.",
        "Booking planned payments works again.",
    ]

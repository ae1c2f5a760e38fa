"""Processes killed and stopped around a transfer: it happens once or not at all, and its customer is told."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from itertools import count, islice
from time import monotonic, sleep
from urllib.error import HTTPError
from uuid import uuid4

import pytest

from bank import Bank
from lam.dialogues import Running, Talk, started
from lam.storage import open_database

from .conftest import ROOT, postgres_database

pytestmark = pytest.mark.processes

NOTICED = 5.0  # seconds after which nobody may be left without an answer or a notice
BACK = 90.0  # seconds until what was killed serves again, on a busy machine
CROWD = 8
CUSTOMERS = map(str, count(10000041))  # not those of the dialogues; each is in one test only


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def running(request, model, tmp_path_factory) -> Iterator[Running]:
    """The assistant with its databases of either kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("assistant")
        return
    with postgres_database() as url:
        urls = dict.fromkeys(("database_url", "bank_database_url", "learning_database_url"), url)
        with started(ROOT, tmp_path_factory.mktemp("postgres"), model, **urls) as on_postgres:
            yield on_postgres


@pytest.fixture(scope="module")
def bank(running: Running) -> Iterator[Bank]:
    """The ledger, read directly."""
    ledger = open_database(running.settings.url("bank"))
    yield Bank(ledger, running.settings.present)
    ledger.close()


class Payer:
    """A customer who has read "€10.00 to your landlord. Shall I send it?"."""

    def __init__(self, running: Running, bank: Bank, number: str) -> None:
        self._bank, self._number = bank, number
        self.talk, self.message = Talk(running.settings, number), str(uuid4())
        question = "send 10 euros to my landlord from my current account today"
        self.talk.wait(self.talk.send(text=question))
        self._yes = self.talk.buttons()[0].payload
        self._before = self._balance()

    def confirm(self) -> None:
        """Say yes. Again: the same message once more."""
        self.talk.send(payload=self._yes, message=self.message)

    def insist(self) -> None:
        """Say yes until it is accepted, as the page does; a refusal is none of what may happen."""
        end = monotonic() + BACK
        while True:
            try:
                return self.confirm()
            except HTTPError:
                raise
            except OSError:
                assert monotonic() < end
                sleep(0.1)

    def accepted(self) -> bool:
        return self.talk.accepted(self.message)

    def paid(self) -> Decimal:
        return self._before - self._balance()

    def heard(self) -> bool:
        """Whether there is an answer, or the notice that it takes longer."""
        notices = [one.kind for one in self.talk.answers()].count("notice")
        return bool(notices) or self.talk.answered(self.message)

    def _balance(self) -> Decimal:
        return self._bank.account(self._number, "current").balance


@pytest.mark.parametrize(
    ("victim", "moment"),
    [
        ("edge", Payer.accepted),
        ("edge", Payer.paid),
        ("actions", Payer.accepted),
        ("actions", Payer.paid),
        ("engine", Payer.paid),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_confirmed_transfer_happens_once_whatever_is_killed(running, bank, victim, moment) -> None:
    """A crowd confirms at once; when the first of them has come to `moment`, the others are anywhere."""
    payers = [Payer(running, bank, number) for number in islice(CUSTOMERS, CROWD)]
    patient, impatient = payers[::2], payers[1::2]
    process = running.processes()[victim]
    with ThreadPoolExecutor(CROWD) as pool:
        insisting = [pool.submit(one.insist) for one in patient]
        trying = [pool.submit(one.confirm) for one in impatient]
        until(lambda: any(map(moment, payers)))
        os.kill(process, signal.SIGKILL)
        if victim != "edge":  # nobody can read anything without it
            until(lambda: all(one.heard() for one in payers), NOTICED)
        for one in insisting:
            one.result()
        for one in trying:
            with suppress(OSError):  # the line broke, and they never came back
                one.result()
    until(running.ready, BACK)
    for one in payers:
        if not one.accepted():
            assert one in impatient and not one.paid()
            continue
        answers = [said.text for said in one.talk.wait(one.message, BACK) if said.kind == "answer"]
        assert ["Done: €10.00" in text for text in answers] == [True], answers
        one.confirm()
        assert one.talk.wait(one.message) == []
        assert one.paid() == 10
    assert bank.balanced()


@pytest.mark.parametrize("slow", ["engine", "actions"])
def test_who_waits_reads_so_and_then_gets_the_answer(assistant, slow) -> None:
    talk, process = Talk(assistant.settings, next(CUSTOMERS)), assistant.processes()[slow]
    os.kill(process, signal.SIGSTOP)
    try:
        message = talk.send(text="what's my balance?")
        until(talk.answers, NOTICED)
        (notice,) = talk.wait(message, 0)
        assert notice.kind == "notice" and notice.text.startswith("This takes a little longer")
    finally:
        os.kill(process, signal.SIGCONT)
    (answer,) = talk.wait(message)
    assert "Current account" in answer.text


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for a condition, which must come true in time."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, f"waited {seconds:.0f} s in vain"
        sleep(0.002)

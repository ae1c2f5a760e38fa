from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from lam.feedback import Tickets
from lam.feedback.tables import ticket
from lam.storage import Database


def test_a_ticket_has_a_number_and_says_what_it_is_about(
    tickets: Tickets, learning_database: Database
) -> None:
    assert tickets.open("a", "10000001", "wants a person", "turn-1") == "T-000001"
    assert tickets.open("b", None, "also", "turn-2") == "T-000002"
    with learning_database.read() as connection:
        row = connection.execute(sa.select(ticket).order_by(ticket.c.number)).first()
    assert (row.conversation, row.customer, row.summary) == ("a", "10000001", "wants a person")


def test_the_same_wish_opens_one_ticket(tickets: Tickets, learning_database: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = set(pool.map(lambda _: tickets.open("a", None, "help", "turn-1"), range(6)))
    assert len(numbers) == 1
    with learning_database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(ticket)).scalar_one() == 1


def test_a_ticket_needs_a_key(tickets: Tickets) -> None:
    with pytest.raises(ValueError, match="Ticket key: expected"):
        tickets.open("a", None, "help", "")

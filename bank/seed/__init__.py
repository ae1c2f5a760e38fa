"""The demonstration's data: customers with a year behind them, the same every time for the same arguments."""

from datetime import date
from random import Random

import sqlalchemy as sa

from bank import tables
from bank.seed import demonstration, interactions, people, year
from bank.seed.rows import Rows
from lam.storage import Database

#: Customers are numbered from here; the first is the one of the demonstration.
FIRST = people.FIRST


def seed(database: Database, until: date, customers: int = 200, seed: int = 7) -> bool:
    """Fill an empty bank. Does nothing when there is a customer already.

    Args:
        database: migrated with `bank.MIGRATIONS`.
        until: the first day without bookings, usually today; a year before it is filled.
        customers: how many, at least one.
        seed: another one makes other people. Each person depends on it and on the own number alone.

    Returns:
        whether it filled the bank.
    """
    with database.write() as connection:
        if not database.sqlite:
            # Two processes may start at once: the second waits, then finds the customers.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4712)")
        if connection.execute(sa.select(tables.customer.c.number).limit(1)).first():
            return False
        rows = Rows()
        rows.add_products()
        for place in range(customers):
            random = Random(f"{seed}:{place}")
            one = demonstration.PERSON if place == 0 else people.person(random, place, until)
            bookings = demonstration.bookings if place == 0 else year.bookings
            rows.add_person(random, one, until)
            # Streams of their own: who draws more of one thing doesn't change another.
            rows.add_bookings(bookings(Random(f"{seed}:{place}:year"), one, until))
            rows.add_interactions(interactions.interactions(random, one, until))
        rows.write(connection)
    return True

import pytest

from lam.feedback import Feedback, Tickets
from lam.storage import Database


@pytest.fixture
def feedback(learning_database: Database) -> Feedback:
    return Feedback(learning_database)


@pytest.fixture
def tickets(learning_database: Database) -> Tickets:
    return Tickets(learning_database)

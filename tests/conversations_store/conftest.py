import pytest

from lam.conversations import Conversations
from lam.storage import Database


@pytest.fixture
def conversations(conversations_database: Database) -> Conversations:
    return Conversations(conversations_database)

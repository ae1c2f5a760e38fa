import pytest

from lam.sessions import Sessions
from lam.settings import Settings
from lam.storage import Database


class Post:
    """Takes codes to customers, as the bank would; it knows one customer."""

    known = ("10000001", "10000002")

    def __init__(self) -> None:
        self.codes: list[tuple[str, str]] = []

    def send(self, customer: str, code: str) -> bool:
        if customer in self.known:
            self.codes.append((customer, code))
        return customer in self.known

    @property
    def code(self) -> str:
        """The newest code."""
        return self.codes[-1][1]

    @property
    def wrong(self) -> str:
        """A code that isn't the newest one."""
        return f"{(int(self.code) + 1) % 10**6:06d}"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def sessions(conversations_database: Database, settings: Settings, post: Post) -> Sessions:
    return Sessions(conversations_database, settings, post)

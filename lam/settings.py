"""Settings: the environment read once into a frozen object. A bad value stops the start with one line.

Every field of `Settings` is one variable, `LAM_` and the field's name in capitals; its help text is what
`docs/settings.md` shows. Secrets are `Secret`: they compare and sign, but never print.
"""

# ruff: noqa: RUF009 - `_setting` makes a dataclass field, nothing that instances would share.
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_URLS = {
    "conversations": "database_url", "bank": "bank_database_url", "learning": "learning_database_url",
}  # fmt: skip
# SQLite without a file name would be a database in memory, which forgets everything.
_DATABASE = re.compile(r"sqlite:///(?!:memory:)[^?]|postgresql://")
_YEAR = 60 * 24 * 365  # in minutes; far larger spans of time leave the calendar
_LARGEST = {
    "patience_seconds": 3600, "idle_minutes": _YEAR, "fresh_minutes": _YEAR, "code_minutes": _YEAR,
    "messages_per_minute": 1_000_000,
}  # fmt: skip


class SettingError(ValueError):
    """A setting has a value that can't be used; the message says what was expected and found."""


class Secret(str):
    """A string that hides itself when printed; use `reveal()` where the value is really needed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def reveal(self) -> str:
        """Return the value itself."""
        return str.__str__(self)


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """All settings of one process. `load_settings()` makes it; tests make it directly."""

    home: Path = _setting(Path("var"), "Folder for databases, keys and logs of the embedded default.")
    database_url: str = _setting(
        "", "Conversations: sessions, inbox, outbox, tracker. Empty: a SQLite file in LAM_HOME."
    )
    bank_database_url: str = _setting("", "The bank's ledger. Empty: a SQLite file in LAM_HOME.")
    learning_database_url: str = _setting(
        "", "Feedback, interactions, examples. Empty: a SQLite file in LAM_HOME."
    )
    host: str = _setting("127.0.0.1", "Address that the edge listens on. The others never leave loopback.")
    port: int = _setting(5005, "Port of the edge: chat page, REST.")
    engine_port: int = _setting(5105, "Port of the engine (rasa run), private.")
    actions_port: int = _setting(5155, "Port of the action server, private. Rasa's own default stays free.")
    model: str = _setting(
        "",
        "Model archive that the engine serves. Empty: `lam up` takes the one for the present data, "
        "`lam engine` the newest in models/.",
    )
    session_key: Secret = _setting(Secret(""), "Signs session tokens. `lam up` makes one and keeps it.")
    engine_key: Secret = _setting(Secret(""), "Lets the edge speak to the engine. `lam up` makes one.")
    actions_key: Secret = _setting(Secret(""), "Lets the engine speak to the actions. `lam up` makes one.")
    rest_key: Secret = _setting(
        Secret(""), "Lets programs use the REST interface. `lam up` makes one and keeps it."
    )
    embed_key: Secret = _setting(
        Secret(""), "Verifies identity tokens (HS256) of a page that embeds the chat. Empty: none accepted."
    )
    patience_seconds: float = _setting(
        4.0, "After this long without an answer the user reads that it takes longer."
    )
    idle_minutes: int = _setting(15, "A signed-in conversation without a message for so long is signed out.")
    fresh_minutes: int = _setting(10, "A payment needs a sign-in that is not older.")
    code_minutes: int = _setting(5, "A one-time code expires after this long.")
    messages_per_minute: int = _setting(60, "Messages that one conversation may send in a minute.")
    now: str = _setting("", "A fixed present (ISO 8601 with offset) for demonstrations and tests.")
    bench_data: str = _setting("", "Folder with the public data sets that the benchmarks read.")

    def __post_init__(self) -> None:
        for name in ("port", "engine_port", "actions_port"):
            _expect(1 <= getattr(self, name) <= 65535, name, "a port from 1 to 65535", getattr(self, name))
        for name, largest in _LARGEST.items():
            value = getattr(self, name)
            _expect(value > 0, name, "a number above 0", value)
            _expect(value <= largest, name, f"a number up to {largest}", value)
        for name in _URLS.values():
            url = getattr(self, name)
            _expect(
                not url or bool(_DATABASE.match(url)),
                name, "sqlite:///FILE or postgresql://…", url.split("@")[-1],
            )  # fmt: skip
        if self.now:
            try:
                aware = datetime.fromisoformat(self.now).tzinfo is not None
            except ValueError:
                aware = False
            _expect(aware, "now", "a time such as 2026-11-01T12:00:00+00:00", self.now)

    def url(self, database: str) -> str:
        """Return the URL of the database `conversations`, `bank` or `learning`."""
        given: str = getattr(self, _URLS[database])
        return given or f"sqlite:///{(self.home / database).resolve()}.db"

    def url_variable(self, database: str) -> str:
        """Return the name of the variable that decided on `url(database)`: its own, or LAM_HOME."""
        name = _URLS[database]
        return f"LAM_{name.upper()}" if getattr(self, name) else "LAM_HOME"

    def present(self) -> datetime:
        """Return the present in UTC: the clock, or the fixed LAM_NOW."""
        return datetime.fromisoformat(self.now).astimezone(UTC) if self.now else datetime.now(UTC)


def _expect(ok: bool, name: str, expected: str, found: object) -> None:
    if not ok:
        raise SettingError(f"LAM_{name.upper()}: expected {expected}, found {found!r}.")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: a value is not what its setting expects, or a LAM_ name is unknown.
    """
    environment = os.environ if environment is None else environment
    known = {f"LAM_{one.name.upper()}": one for one in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith("LAM_") or name.startswith("LAM_TEST_"):
            continue
        if name not in known:
            raise SettingError(f"{name}: expected one of {', '.join(sorted(known))}. Is it misspelt?")
        one = known[name]
        make: Any = type(one.default)
        try:
            values[one.name] = make(text)
        except ValueError:
            _expect(False, one.name, {int: "a whole number", float: "a number"}[make], text)
    return Settings(**values)

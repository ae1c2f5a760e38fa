"""The reference bank: own ledger, migrations and database. It knows nothing of chats or of Rasa."""

from pathlib import Path

from bank.facade import Bank

#: Alembic folder for `lam.storage.migrate`.
MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = ["MIGRATIONS", "Bank"]

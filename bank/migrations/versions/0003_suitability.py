"""Where a customer lives, and how much risk suits them: what decides which products may be offered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; of customers who are there already neither is known."""
    op.add_column("bank_customer", sa.Column("country", sa.String(2)))
    op.add_column("bank_customer", sa.Column("risk_class", sa.SmallInteger))

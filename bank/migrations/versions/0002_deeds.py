"""What was cancelled, frozen and unfrozen by which key, so that a call can be made again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    customer = sa.ForeignKey("bank_customer.number")
    op.create_table(
        "bank_deed",
        sa.Column("customer", sa.String(8), customer, primary_key=True),
        sa.Column("key", sa.String(400), primary_key=True),
        sa.Column("subject", sa.String(36), nullable=False),
    )

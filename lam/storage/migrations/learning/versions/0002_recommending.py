"""Which way a thumb points, how an item came to be shown, and what users want to be remembered."""

import sqlalchemy as sa
from alembic import op

from lam.storage import Serial, Utc

revision = "l0002"
down_revision = "l0001"


def upgrade() -> None:
    """Extend the interactions, and make the table of preferences."""
    op.add_column("interaction", sa.Column("up", sa.Boolean))
    op.add_column("interaction", sa.Column("place", sa.Integer))
    op.add_column("interaction", sa.Column("propensity", sa.Float))
    op.create_index("ix_interaction_user", "interaction", ["user"])
    op.create_table(
        "preference",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("conversation", sa.String(200)),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
    )
    op.create_index("ix_preference_user", "preference", ["user"])

"""Ratings, tickets, interactions with products."""

import sqlalchemy as sa
from alembic import op

from lam.storage import Serial, Utc

revision = "l0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of `lam.feedback` and `lam.recommend`."""
    op.create_table(
        "rating",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("answer", sa.String(36), nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("giver", sa.String(200), nullable=False),
        sa.Column("value", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("user_text", sa.Text, nullable=False),
        sa.Column("intent", sa.String(200)),
        sa.Column("confidence", sa.Float),
        sa.Column("answer_text", sa.Text),
        sa.Column("action", sa.String(200)),
        sa.Column("model_id", sa.String(200)),
        sa.Column("at", Utc, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.UniqueConstraint("answer", "giver", name="rating_answer_giver"),
    )
    op.create_index("ix_rating_changed_at", "rating", ["changed_at"])
    op.create_index("rating_conversation", "rating", ["conversation", "giver"])
    op.create_table(
        "ticket",
        sa.Column("number", Serial, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
    )
    op.create_table(
        "interaction",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("conversation", sa.String(200)),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
    )

"""Sessions, one-time codes, identity tokens; threads, inbox, outbox."""

import sqlalchemy as sa
from alembic import op

from lam.storage import Serial, Utc

revision = "c0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of `lam.sessions` and `lam.conversations`."""
    _sessions()
    _conversations()


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("signed_in_at", Utc),
        sa.Column("moved_to", sa.String(200)),
    )
    op.create_table(
        "challenge",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16)),
    )
    op.create_index("challenge_conversation", "challenge", ["conversation", "id"])
    op.create_index("challenge_customer", "challenge", ["customer", "created_at"])
    op.create_table(
        "used_identity",
        sa.Column("jti", sa.String(200), primary_key=True),
        sa.Column("expires_at", Utc, nullable=False),
    )
    op.create_index("ix_used_identity_expires_at", "used_identity", ["expires_at"])


def _conversations() -> None:
    op.create_table(
        "thread",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", Serial, primary_key=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("finished_at", Utc),
        sa.UniqueConstraint("conversation", "client_id", name="inbox_client_id"),
        sa.UniqueConstraint("conversation", "position", name="inbox_position"),
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "inbox_unfinished", "inbox", ["conversation", "seq"],
        sqlite_where=unfinished, postgresql_where=unfinished,
    )  # fmt: skip
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("message", Serial, sa.ForeignKey("inbox.seq"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("buttons", sa.JSON),
        sa.Column("image", sa.Text),
        sa.Column("custom", sa.JSON),
        sa.Column("action", sa.String(200)),
        sa.Column("model_id", sa.String(200)),
        sa.Column("intent", sa.String(200)),
        sa.Column("confidence", sa.Float),
        sa.Column("created_at", Utc, nullable=False),
        sa.UniqueConstraint("conversation", "position", name="outbox_position"),
    )
    op.create_index("ix_outbox_message", "outbox", ["message"])

"""Tables of `lam.conversations`, in the conversations database."""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

# One row a conversation, which gives out the positions of its lines. Who writes a line locks it first, and
# holds it until the commit. So positions become visible in order, and a reader who goes on after the last
# position it saw misses nothing. A sequence doesn't give that: on PostgreSQL the number drawn first may be
# committed last. And conversations don't wait for one another.
thread = sa.Table(
    "thread",
    metadata,
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)

_unfinished = sa.text("finished_at IS NULL")

inbox = sa.Table(
    "inbox",
    metadata,
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
    sa.Index(
        "inbox_unfinished", "conversation", "seq",
        sqlite_where=_unfinished, postgresql_where=_unfinished,
    ),
)  # fmt: skip

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("message", sa.ForeignKey("inbox.seq"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("buttons", sa.JSON(none_as_null=True)),
    sa.Column("image", sa.Text),
    sa.Column("custom", sa.JSON(none_as_null=True)),
    sa.Column("action", sa.String(200)),
    sa.Column("model_id", sa.String(200)),
    sa.Column("intent", sa.String(200)),
    sa.Column("confidence", sa.Float),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("conversation", "position", name="outbox_position"),
)

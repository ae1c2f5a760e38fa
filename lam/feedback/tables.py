"""Tables of `lam.feedback`, in the learning database."""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

rating = sa.Table(
    "rating",
    metadata,
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
    sa.Column("changed_at", Utc, nullable=False, index=True),
    sa.UniqueConstraint("answer", "giver", name="rating_answer_giver"),
    sa.Index("rating_conversation", "conversation", "giver"),
)

ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("number", Serial, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("customer", sa.String(64)),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
)

"""Tables of `lam.recommend`, in the learning database."""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

interaction = sa.Table(
    "interaction",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("item", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("conversation", sa.String(200)),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
)

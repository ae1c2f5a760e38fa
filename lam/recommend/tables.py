"""Tables of `lam.recommend`, in the learning database. Rows are added and never changed."""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

#: What users did with items. `up`: a thumb's direction; `place` and `propensity`: of an impression.
interaction = sa.Table(
    "interaction",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("item", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("conversation", sa.String(200)),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("up", sa.Boolean),
    sa.Column("place", sa.Integer),
    sa.Column("propensity", sa.Float),
)

#: What users want to be remembered: goals, and items that must not, or may again, be shown.
preference = sa.Table(
    "preference",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("conversation", sa.String(200)),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
)

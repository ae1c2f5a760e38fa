"""Tables of `lam.sessions`, in the conversations database."""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

session = sa.Table(
    "session",
    metadata,
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    # Whose history this is; stays after a sign-out, when `signed_in_at` is empty.
    sa.Column("customer", sa.String(64)),
    sa.Column("signed_in_at", Utc),
    # The conversation that took over when another customer signed in: this one has ended.
    sa.Column("moved_to", sa.String(200)),
    # Tokens of an older epoch open nothing; `renewed_by` proves who may have theirs replaced (`epochs`).
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("renewed_by", sa.String(64)),
)

# The newest row of a conversation is the code that counts.
challenge = sa.Table(
    "challenge",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("customer", sa.String(64), nullable=False),
    sa.Column("salt", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Index("challenge_conversation", "conversation", "id"),
    sa.Index("challenge_customer", "customer", "created_at"),
)

# A message that is sent again must not count as another attempt.
presented_code = sa.Table(
    "presented_code",
    metadata,
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("message", sa.String(200), primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
    # The conversation that went on.
    sa.Column("holds", sa.String(200), nullable=False),
)

used_identity = sa.Table(
    "used_identity",
    metadata,
    sa.Column("jti", sa.String(200), primary_key=True),
    sa.Column("expires_at", Utc, nullable=False, index=True),
)

"""Session tokens end at a sign-in and a sign-out: each belongs to an epoch of its conversation."""

import sqlalchemy as sa
from alembic import op

revision = "c0004"
down_revision = "c0003"


def upgrade() -> None:
    op.add_column("session", sa.Column("epoch", sa.Integer, nullable=False, server_default="0"))
    op.add_column("session", sa.Column("renewed_by", sa.String(64)))


def downgrade() -> None:
    op.drop_column("session", "renewed_by")
    op.drop_column("session", "epoch")

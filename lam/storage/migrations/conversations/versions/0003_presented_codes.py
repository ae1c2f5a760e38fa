"""Which messages brought a one-time code, so that one that is sent again counts once."""

import sqlalchemy as sa
from alembic import op

revision = "c0003"
down_revision = "c0002"


def upgrade() -> None:
    op.create_table(
        "presented_code",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("message", sa.String(200), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("holds", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("presented_code")

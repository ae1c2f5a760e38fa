"""The dialogue's events, appended by the engine."""

import sqlalchemy as sa
from alembic import op

revision = "c0002"
down_revision = "c0001"


def upgrade() -> None:
    op.create_table(
        "tracker_event",
        sa.Column("conversation", sa.String(255), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("timestamp", sa.Float(53), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("message", sa.String(255)),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("tracker_event_message", "tracker_event", ["conversation", "message"])
    op.create_index("tracker_event_type", "tracker_event", ["conversation", "type", "seq"])


def downgrade() -> None:
    op.drop_table("tracker_event")

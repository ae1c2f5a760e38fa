"""The table of the dialogue's events. Rasa's own tables stay alone."""

import sqlalchemy as sa

METADATA = sa.MetaData()

TRACKER_EVENT = sa.Table(
    "tracker_event",
    METADATA,
    sa.Column("conversation", sa.String(255), primary_key=True),
    # The primary key is what makes two writers of one conversation unable to both win.
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("timestamp", sa.Float(53), nullable=False),  # Unix time, as Rasa counts
    sa.Column("type", sa.String(64), nullable=False),
    # Id of the user's message whose turn stored the event; empty for a reminder's events.
    sa.Column("message", sa.String(255)),
    sa.Column("data", sa.Text, nullable=False),  # JSON, escaped to ASCII: PostgreSQL takes no NUL otherwise
    sa.Index("tracker_event_message", "conversation", "message"),
    sa.Index("tracker_event_type", "conversation", "type", "seq"),
)

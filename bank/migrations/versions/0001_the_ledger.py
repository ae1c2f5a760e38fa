"""The ledger: customers, accounts, cards, transactions and what hangs on them."""

import sqlalchemy as sa
from alembic import op

from lam.storage import Serial, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, and the account that stands for the rest of the world."""
    _people()
    _money()
    _service()
    op.execute("INSERT INTO bank_account (name, kind, currency) VALUES ('Outside', 'outside', 'EUR')")


def _people() -> None:
    op.create_table(
        "bank_customer",
        sa.Column("number", sa.String(8), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("street", sa.String(120), nullable=False),
        sa.Column("city", sa.String(80), nullable=False),
        sa.Column("born", sa.Date, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("daily_limit", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "bank_account",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number")),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("iban", sa.String(34), unique=True),
        sa.Column("currency", sa.String(3), nullable=False),
    )
    op.create_index("ix_bank_account_customer", "bank_account", ["customer"])
    op.create_table(
        "bank_card",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("account", Serial, sa.ForeignKey("bank_account.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("ending", sa.String(4), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("expires", sa.Date, nullable=False),
    )
    op.create_index("ix_bank_card_customer", "bank_card", ["customer"])
    op.create_table(
        "bank_payee",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("search", sa.String(80), nullable=False),
        sa.Column("iban", sa.String(34), nullable=False),
        sa.UniqueConstraint("customer", "search", name="bank_payee_once"),
    )


def _money() -> None:
    op.create_table(
        "bank_transaction",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("key", sa.String(80), unique=True),
        sa.Column("booked_at", Utc, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category", sa.String(30), nullable=False),
        sa.Column("reference", sa.String(140), nullable=False),
    )
    op.create_index("ix_bank_transaction_booked_at", "bank_transaction", ["booked_at"])
    op.create_table(
        "bank_posting",
        sa.Column("transaction", Serial, sa.ForeignKey("bank_transaction.id"), primary_key=True),
        sa.Column("account", Serial, sa.ForeignKey("bank_account.id"), primary_key=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("counterparty", sa.String(80), nullable=False),
        sa.Column("search", sa.String(80), nullable=False),
    )
    op.create_index("bank_posting_balance", "bank_posting", ["account", "transaction", "amount"])
    op.create_table(
        "bank_draft",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("account", Serial, sa.ForeignKey("bank_account.id"), nullable=False),
        sa.Column("payee", sa.String(80), nullable=False),
        sa.Column("iban", sa.String(34), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("transaction", Serial, sa.ForeignKey("bank_transaction.id"), unique=True),
    )
    op.create_index("bank_draft_due", "bank_draft", ["state", "due"])
    op.create_index("ix_bank_draft_conversation", "bank_draft", ["conversation"])
    op.create_index("ix_bank_draft_customer", "bank_draft", ["customer"])
    op.create_table(
        "bank_standing_order",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("account", Serial, sa.ForeignKey("bank_account.id"), nullable=False),
        sa.Column("payee", sa.String(80), nullable=False),
        sa.Column("iban", sa.String(34), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("rhythm", sa.String(20), nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("missed_on", sa.Date),
        sa.UniqueConstraint("customer", "key", name="bank_standing_order_once"),
    )
    op.create_index("bank_standing_order_due", "bank_standing_order", ["state", "next_on"])


def _service() -> None:
    op.create_table(
        "bank_card_order",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("old_card", Serial, sa.ForeignKey("bank_card.id"), nullable=False, unique=True),
        sa.Column("new_card", Serial, sa.ForeignKey("bank_card.id"), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("ordered_at", Utc, nullable=False),
        sa.Column("arrives_from", sa.Date, nullable=False),
        sa.Column("arrives_by", sa.Date, nullable=False),
        sa.UniqueConstraint("customer", "key", name="bank_card_order_once"),
    )
    op.create_table(
        "bank_dispute",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("transaction", Serial, sa.ForeignKey("bank_transaction.id"), nullable=False, unique=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.UniqueConstraint("customer", "key", name="bank_dispute_once"),
    )
    op.create_table(
        "bank_product",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("summary", sa.String(500), nullable=False),
        sa.Column("features", sa.JSON, nullable=False),
    )
    op.create_table(
        "bank_interaction",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("product", sa.String(40), sa.ForeignKey("bank_product.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", Utc, nullable=False),
    )
    op.create_index("ix_bank_interaction_customer", "bank_interaction", ["customer"])
    op.create_table(
        "bank_code_outbox",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("customer", sa.String(8), sa.ForeignKey("bank_customer.number"), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("sent_at", Utc, nullable=False),
    )
    op.create_index("ix_bank_code_outbox_customer", "bank_code_outbox", ["customer"])

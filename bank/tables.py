"""The ledger's tables. Money is integer cents.

A transaction is two or more postings that sum to zero. Balances are nowhere stored: an account's balance is
the sum of its postings, so the two can't disagree. Whatever is outside the bank is one account, `OUTSIDE`.
"""

import sqlalchemy as sa

from lam.storage import Serial, Utc

metadata = sa.MetaData()

#: The id of the account that stands for the rest of the world; the first migration makes its row.
OUTSIDE = 1


def _customer(nullable: bool = False) -> sa.Column:
    return sa.Column("customer", sa.ForeignKey("bank_customer.number"), nullable=nullable, index=True)


def _account() -> sa.Column:
    return sa.Column("account", sa.ForeignKey("bank_account.id"), nullable=False)


customer = sa.Table(
    "bank_customer",
    metadata,
    sa.Column("number", sa.String(8), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("email", sa.String(120), nullable=False),
    sa.Column("phone", sa.String(30), nullable=False),
    sa.Column("street", sa.String(120), nullable=False),
    sa.Column("city", sa.String(80), nullable=False),
    sa.Column("born", sa.Date, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("daily_limit", sa.BigInteger, nullable=False),
    sa.Column("country", sa.String(2)),
    sa.Column("risk_class", sa.SmallInteger),
)

account = sa.Table(
    "bank_account",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    _customer(nullable=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("iban", sa.String(34), unique=True),
    sa.Column("currency", sa.String(3), nullable=False),
)

card = sa.Table(
    "bank_card",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    _customer(),
    _account(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("ending", sa.String(4), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("expires", sa.Date, nullable=False),
)

transaction = sa.Table(
    "bank_transaction",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    # What makes this booking happen once: a draft, or a standing order's day.
    sa.Column("key", sa.String(80), unique=True),
    sa.Column("booked_at", Utc, nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("category", sa.String(30), nullable=False),
    sa.Column("reference", sa.String(140), nullable=False),
)

posting = sa.Table(
    "bank_posting",
    metadata,
    sa.Column("transaction", sa.ForeignKey("bank_transaction.id"), primary_key=True),
    sa.Column("account", sa.ForeignKey("bank_account.id"), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    # Who is on the other side, as this account's holder knows it; folded to search in.
    sa.Column("counterparty", sa.String(80), nullable=False),
    sa.Column("search", sa.String(80), nullable=False),
    # Covers the sum that is a balance.
    sa.Index("bank_posting_balance", "account", "transaction", "amount"),
)

payee = sa.Table(
    "bank_payee",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("customer", sa.ForeignKey("bank_customer.number"), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("search", sa.String(80), nullable=False),
    sa.Column("iban", sa.String(34), nullable=False),
    sa.UniqueConstraint("customer", "search", name="bank_payee_once"),
)

draft = sa.Table(
    "bank_draft",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _customer(),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    _account(),
    sa.Column("payee", sa.String(80), nullable=False),
    sa.Column("iban", sa.String(34), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("transaction", sa.ForeignKey("bank_transaction.id"), unique=True),
    sa.Index("bank_draft_due", "state", "due"),
)

standing_order = sa.Table(
    "bank_standing_order",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("customer", sa.ForeignKey("bank_customer.number"), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    _account(),
    sa.Column("payee", sa.String(80), nullable=False),
    sa.Column("iban", sa.String(34), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("rhythm", sa.String(20), nullable=False),
    # The day of the first payment: the 31st stays the 31st after a shorter month.
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("next_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("missed_on", sa.Date),
    sa.UniqueConstraint("customer", "key", name="bank_standing_order_once"),
    sa.Index("bank_standing_order_due", "state", "next_on"),
)

card_order = sa.Table(
    "bank_card_order",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("customer", sa.ForeignKey("bank_customer.number"), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("old_card", sa.ForeignKey("bank_card.id"), nullable=False, unique=True),
    sa.Column("new_card", sa.ForeignKey("bank_card.id"), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("address", sa.String(255), nullable=False),
    sa.Column("ordered_at", Utc, nullable=False),
    sa.Column("arrives_from", sa.Date, nullable=False),
    sa.Column("arrives_by", sa.Date, nullable=False),
    sa.UniqueConstraint("customer", "key", name="bank_card_order_once"),
)

dispute = sa.Table(
    "bank_dispute",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("customer", sa.ForeignKey("bank_customer.number"), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("transaction", sa.ForeignKey("bank_transaction.id"), nullable=False, unique=True),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.UniqueConstraint("customer", "key", name="bank_dispute_once"),
)

deed = sa.Table(
    "bank_deed",
    metadata,
    sa.Column("customer", sa.ForeignKey("bank_customer.number"), primary_key=True),
    # The key of a call that cancelled, froze or unfroze something, and that thing's id.
    sa.Column("key", sa.String(400), primary_key=True),
    sa.Column("subject", sa.String(36), nullable=False),
)

product = sa.Table(
    "bank_product",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("summary", sa.String(500), nullable=False),
    sa.Column("features", sa.JSON, nullable=False),
)

interaction = sa.Table(
    "bank_interaction",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    _customer(),
    sa.Column("product", sa.ForeignKey("bank_product.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("at", Utc, nullable=False),
)

code = sa.Table(
    "bank_code_outbox",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    _customer(),
    sa.Column("code", sa.String(20), nullable=False),
    sa.Column("sent_at", Utc, nullable=False),
)

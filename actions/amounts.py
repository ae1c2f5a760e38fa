"""Amounts and the currency in which they are said: the bank sends euros, people also name dollars."""

from actions.base import Turn

HOME = "EUR"


def foreign_currency(turn: Turn) -> str | None:
    """The code of the currency of the message's last amount ("$80"); None for euros or a bare number."""
    entities = turn.message.get("entities", [])
    # The reader puts the currency of "$80" on the same words as the amount itself.
    starts = [one.get("start") for one in entities if one["entity"] == "amount"]
    return next(
        (str(one["value"]) for one in entities
         if one["entity"] == "currency" and one["value"] != HOME and one.get("start") in starts[-1:]), None,
    )  # fmt: skip


def said_amount(turn: Turn) -> str | None:
    """The message's last amount with its foreign currency, if any: "80.00 USD"."""
    amount, currency = turn.entity("amount"), foreign_currency(turn)
    return f"{amount} {currency}" if amount and currency else amount

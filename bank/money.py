"""Money: euros as `Decimal` outside, integer cents in the database."""

from decimal import Decimal

from bank.errors import InvalidAmount

#: Cents; no transfer is larger, whoever sends it.
LARGEST = 100_000_000_00


def cents(amount: Decimal) -> int:
    """Turn euros into cents.

    Raises:
        InvalidAmount: not positive, not whole cents, or more than 100 million.
    """
    hundredfold = amount * 100 if amount.is_finite() else Decimal(-1)
    if not 0 < hundredfold <= LARGEST or hundredfold != int(hundredfold):
        raise InvalidAmount(
            f"Expected an amount from 0.01 to {euros(LARGEST)} in whole cents, found {amount}. Give another."
        )
    return int(hundredfold)


def euros(amount: int) -> Decimal:
    """Turn cents into euros with two places."""
    return Decimal(int(amount)).scaleb(-2)

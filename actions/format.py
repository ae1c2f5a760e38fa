"""Figures as people write them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def money(amount: Decimal, currency: str = "EUR") -> str:
    """€1,234.50, and −€3.20 with a real minus."""
    sign = "−" if amount < 0 else ""
    symbol = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{sign}{symbol}{abs(amount):,.2f}"


def day(when: date, today: date | None = None) -> str:
    """1 March 2026; today and tomorrow by name when `today` is given."""
    distance = (when - today).days if today else None
    names = {0: "today", 1: "tomorrow"}
    return names.get(distance, f"{when.day} {when:%B %Y}")  # type: ignore[arg-type]


def iban(number: str) -> str:
    """In groups of four, as on paper."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def lines(rows: Iterable[tuple[str, ...]]) -> str:
    """One row a line, its cells apart."""
    return "\n".join("  ".join(cells) for cells in rows)


def listed(names: Iterable[str]) -> str:
    """Names in a row: a, b and c."""
    *most, end = list(names) or [""]
    return f"{', '.join(most)} and {end}" if most else end

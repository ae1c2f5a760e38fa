"""What people mean by "twenty quid", "1st of May" and "last month": None when it isn't clear."""

from lam.understanding.values.amounts import parse_amount, parse_currency
from lam.understanding.values.dates import parse_date
from lam.understanding.values.periods import parse_period

__all__ = ["parse_amount", "parse_currency", "parse_date", "parse_period"]

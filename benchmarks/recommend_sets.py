"""Two public sets as histories and catalogues: a shop for gifts, and the areas of a web site."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache

from benchmarks.common import data_folder
from lam.recommend.history import History, Row
from lam.recommend.types import Item

Set = tuple[History, list[Item]]

# What users of msweb did has an order and no times: it was one week, and visits are a second apart here.
_WEEK = datetime(1998, 2, 1, tzinfo=UTC)


@cache
def retail() -> Set:
    """Return customers and products (UCI "Online Retail"); each product has its commonest description.

    Products have five digits; other codes are postage, discounts and the like. Returns don't count.
    """
    import pyarrow.parquet as pq

    columns = ["CustomerID", "StockCode", "Description", "Quantity", "InvoiceDate"]
    table = pq.read_table(data_folder("online-retail") / "online_retail.parquet", columns=columns)
    rows: list[Row] = []
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    for customer, code, text, quantity, at in zip(*(table[one].to_pylist() for one in columns), strict=True):
        if customer is None or quantity <= 0 or not code[:5].isdigit():
            continue
        rows.append((str(int(customer)), code, 1.0, at.replace(tzinfo=UTC)))
        if text:
            texts[code][text.strip().lower()] += 1
    codes = sorted({row[1] for row in rows})
    items = [Item(code, texts[code].most_common(1)[0][0] if texts[code] else "") for code in codes]
    return History.from_rows(rows, codes), items


@cache
def msweb() -> tuple[History, History, list[Item]]:
    """Return visitors by the given split, train and test, and the areas with their titles (UCI "MSWeb")."""
    (train, titles), (test, more) = (_visits(part) for part in ("data", "test"))
    titles = more | titles
    ids = sorted(titles)
    return (
        History.from_rows(train, ids), History.from_rows(test, ids),
        [Item(one, titles[one]) for one in ids],
    )  # fmt: skip


def _visits(part: str) -> tuple[list[Row], dict[str, str]]:
    rows: list[Row] = []
    titles: dict[str, str] = {}
    user, visits = "", 0
    with (data_folder("msweb") / f"anonymous-msweb.{part}").open(encoding="latin-1", newline="") as file:
        for line in csv.reader(file):
            if line[0] == "A":
                titles[line[1]] = line[3]
            elif line[0] == "C":
                user, visits = line[1], 0
            elif line[0] == "V":
                rows.append((user, line[1], 1.0, _WEEK + timedelta(seconds=visits)))
                visits += 1
    return rows, titles

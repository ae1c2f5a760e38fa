"""Exchange rates: in which direction a question is meant."""

from typing import Any

import pytest

from actions.products import ExchangeRate
from tests.actions.conftest import Desk, found

DOLLARS = [found("amount", "50.00", 8), found("currency", "USD", 8)]
POUNDS = [found("amount", "50.00", 8), found("currency", "GBP", 8)]


@pytest.mark.parametrize(
    ("entities", "example", "currency"),
    [([found("currency", "EUR"), *DOLLARS], "$50.00 = €46.12", "USD"),
     ([*DOLLARS, found("currency", "EUR", 30)], "$50.00 = €46.12", "USD"),
     ([found("amount", "50.00", 8), found("currency", "USD", 30)], "€50.00 = $54.21", "USD"),
     ([*POUNDS, found("currency", "USD", 30)], "£50.00 = $63.25", "USD"),
     ([found("currency", "GBP")], "€100.00 = £85.71", "GBP")],
)  # fmt: skip
def test_an_amount_is_exchanged_from_the_currency_in_which_it_was_said(
    entities: list[dict[str, Any]], example: str, currency: str, desk: Desk
) -> None:
    (told,) = desk.act(ExchangeRate(), *entities).messages
    assert (told["example"], told["currency"]) == (example, currency)


@pytest.mark.parametrize(
    "entities",
    [[found("currency", "EUR")], [found("currency", "NZD")],
     [found("amount", "5.00"), found("currency", "NZD"), found("currency", "USD", 9)]],
)  # fmt: skip
def test_a_currency_without_a_rate_is_said_so(entities: list[dict[str, Any]], desk: Desk) -> None:
    assert desk.act(ExchangeRate(), *entities).responses == ["utter_unknown_currency"]

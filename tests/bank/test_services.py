"""Cards, disputes, standing orders, the catalogue and codes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bank import Bank, errors
from bank.catalogue import content
from bank.codes import OutboxSender, newest
from tests.bank.conftest import ADA, ANNA, TODAY, Present


def test_freezing(lindenbank: Bank) -> None:
    debit = lindenbank.card(ADA, "debit")
    for _ in range(2):
        assert lindenbank.freeze(ADA, debit.id).status == "frozen"
    for _ in range(2):
        assert lindenbank.unfreeze(ADA, debit.id).status == "active"
    for call in (lindenbank.freeze, lindenbank.unfreeze, lindenbank.activate_card):
        with pytest.raises(errors.UnknownCard):
            call(ANNA, debit.id)


def test_what_a_key_did_is_known_when_it_comes_again(lindenbank: Bank) -> None:
    card, order = lindenbank.card(ADA, "debit"), lindenbank.standing_orders(ADA)[0]
    draft = lindenbank.draft_transfer(ADA, "current", "ben", Decimal("5.00"), TODAY + timedelta(days=3))
    lindenbank.execute(ADA, draft.id)
    for _ in range(2):
        lindenbank.freeze(ADA, card.id, "a")
        lindenbank.unfreeze(ADA, card.id, "b")
        lindenbank.cancel_standing_order(ADA, order.id, "c")
        lindenbank.cancel_transfer(ADA, draft.id, "d")
    assert [lindenbank.done(ADA, key) for key in "abcd"] == [
        str(card.id), str(card.id), str(order.id), draft.id,
    ]  # fmt: skip
    lindenbank.freeze(ADA, card.id)
    assert [lindenbank.done(ADA, ""), lindenbank.done(ADA, "e"), lindenbank.done(ANNA, "a")] == [None] * 3


def test_a_call_that_is_refused_leaves_no_key(lindenbank: Bank) -> None:
    with pytest.raises(errors.UnknownCard):
        lindenbank.freeze(ANNA, lindenbank.card(ADA, "debit").id, "key")
    assert lindenbank.done(ANNA, "key") is None


@pytest.mark.parametrize(
    ("said", "ending"),
    [("the one ending 4821", "4821"), ("9034", "9034"), ("credit card", "9034"), ("Cashback", "9034"),
     ("my travel card", "1177")],
)  # fmt: skip
def test_card_by_name(lindenbank: Bank, said: str, ending: str) -> None:
    assert lindenbank.card(ADA, said).ending == ending


def test_card_that_is_not_one(lindenbank: Bank) -> None:
    with pytest.raises(errors.UnknownCard, match="Debit Card ending 4821"):
        lindenbank.card(ADA, "platinum")
    with pytest.raises(errors.AmbiguousCard) as refused:
        lindenbank.card(ADA, "card")
    assert len(refused.value.choices) == 3


def test_replacing(lindenbank: Bank, present: Present) -> None:
    old = lindenbank.card(ADA, "debit")
    order = lindenbank.replace_card(ADA, old.id, "lost", "12 Rose Street, Berlin", "key")
    assert lindenbank.replace_card(ADA, old.id, "lost", "12 Rose Street, Berlin", "key") == order
    assert (order.old_ending, order.reason, order.status) == ("4821", "lost", "ordered")
    # 24 November 2026 is a Tuesday: three to five working days end on Friday and on the next Tuesday.
    assert (order.arrives_from, order.arrives_by) == (date(2026, 11, 27), date(2026, 12, 1))
    assert [one.status for one in lindenbank.cards(ADA)] == ["blocked", "active", "frozen", "ordered"]
    new = lindenbank.card(ADA, "debit")
    assert (new.ending, new.status) == (order.new_ending, "ordered")
    with pytest.raises(errors.CardBlocked):
        lindenbank.replace_card(ADA, old.id, "lost", "elsewhere", "another key")
    with pytest.raises(errors.CardBlocked):
        lindenbank.freeze(ADA, old.id)
    with pytest.raises(errors.CardNotActive):
        lindenbank.freeze(ADA, new.id)
    with pytest.raises(errors.UnknownCard):
        lindenbank.replace_card(ANNA, new.id, "lost", "elsewhere", "key")
    present.forward(2)
    assert lindenbank.card_orders(ADA)[0].status == "sent"
    present.forward(20)
    assert lindenbank.card_orders(ADA)[0].status == "delivered"
    assert lindenbank.activate_card(ADA, new.id).status == "active"
    assert lindenbank.card_orders(ANNA) == []


def test_disputing(lindenbank: Bank) -> None:
    first, second = lindenbank.transactions(ADA, merchant="amazon", limit=2)
    case = lindenbank.dispute(ADA, first.id, "charged twice", "key")
    assert (case.number, case.counterparty, case.amount) == ("C-000001", "Amazon", Decimal("59.90"))
    assert lindenbank.dispute(ADA, first.id, "charged twice", "key") == case
    with pytest.raises(errors.AlreadyDisputed) as refused:
        lindenbank.dispute(ADA, first.id, "again", "another key")
    assert refused.value.case == case.number
    with pytest.raises(errors.UnknownTransaction):
        lindenbank.dispute(ANNA, second.id, "not mine", "key")
    assert (lindenbank.cases(ADA), lindenbank.cases(ANNA)) == ([case], [])


def test_only_money_that_left_can_be_disputed(lindenbank: Bank) -> None:
    salary = next(one for one in lindenbank.transactions(ADA, limit=400) if one.kind == "salary")
    own = next(one for one in lindenbank.transactions(ADA, limit=400) if one.kind == "own_transfer")
    for one in (salary, own):
        with pytest.raises(errors.NotDisputable):
            lindenbank.dispute(ADA, one.id, "why", str(one.id))


def test_standing_order(lindenbank: Bank, present: Present) -> None:
    held = lindenbank.account(ADA, "savings").balance
    first = date(2027, 1, 31)
    order = lindenbank.create_standing_order(ADA, "savings", "ben", Decimal("10.00"), first, "key")
    assert lindenbank.create_standing_order(ADA, "savings", "ben", Decimal("10.00"), first, "key") == order
    assert lindenbank.cancel_standing_order(ADA, lindenbank.standing_orders(ADA)[0].id).state == "cancelled"
    assert [one.id for one in lindenbank.standing_orders(ADA)] == [order.id]
    # From the end of January to the middle of April: three month ends, the 31st staying the last day.
    for _ in range(142):
        present.forward(1)
        lindenbank.run_due()
    ours = lindenbank.transactions(ADA, account="savings", merchant="ben", limit=9)
    assert [one.booked_at.date() for one in ours] == [date(2027, 3, 31), date(2027, 2, 28), date(2027, 1, 31)]
    assert lindenbank.account(ADA, "savings").balance == held - 30
    for _ in range(2):
        assert lindenbank.cancel_standing_order(ADA, order.id).state == "cancelled"
    with pytest.raises(errors.UnknownStandingOrder):
        lindenbank.cancel_standing_order(ANNA, order.id)
    assert lindenbank.balanced()


def test_standing_order_catches_up_and_notes_what_it_missed(lindenbank: Bank, present: Present) -> None:
    lindenbank.cancel_standing_order(ADA, lindenbank.standing_orders(ADA)[0].id)
    held = lindenbank.account(ADA, "joint").balance
    size = (held / 2).quantize(Decimal("1.00"), rounding="ROUND_DOWN")
    lindenbank.create_standing_order(ADA, "joint", "savings", size, TODAY, "key", "weekly")
    present.forward(15)
    lindenbank.run_due()
    (order,) = lindenbank.standing_orders(ADA)
    assert (order.next_on, order.missed_on) == (TODAY + timedelta(days=21), TODAY + timedelta(days=14))
    assert lindenbank.account(ADA, "joint").balance == held - 2 * size
    with pytest.raises(errors.InvalidRhythm):
        lindenbank.create_standing_order(ADA, "joint", "savings", size, TODAY, "k", "hourly")


def test_catalogue(lindenbank: Bank) -> None:
    assert [one.id for one in lindenbank.products()] == [one["id"] for one in content("products")]
    saver = lindenbank.product("fixed saver")
    assert (saver, saver.rate, saver.fee) == (
        lindenbank.product("fixed-saver"),
        Decimal("2.60"),
        Decimal("0.00"),
    )
    with pytest.raises(errors.UnknownProduct, match="Global Fund"):
        lindenbank.product("fund of funds")
    assert {one.id for one in lindenbank.holdings(ADA)} == {
        "current-plus", "easy-saver", "travel-card", "cashback-card",
    }  # fmt: skip
    assert lindenbank.holdings("nobody") == []


def test_content_fits_the_catalogue_and_quotes_its_decimals() -> None:
    rates, ids = content("rates"), {one["id"] for one in content("products")}
    for section in ("interest_percent", "monthly_fee"):
        assert set(rates[section]) <= ids
    values = [*rates["interest_percent"].values(), *rates["monthly_fee"].values(), *rates["tariff"].values()]
    assert all(
        isinstance(one, str) for one in [*values, *(one["per_euro"] for one in rates["exchange"].values())]
    )


def test_rates_and_places(lindenbank: Bank) -> None:
    assert lindenbank.exchange_rate(" usd").per_euro == Decimal("1.0842")
    with pytest.raises(errors.UnknownCurrency, match="USD"):
        lindenbank.exchange_rate("XYZ")
    assert lindenbank.fees()["card_abroad_percent"] == Decimal("1.50")
    assert {one.kind for one in lindenbank.branches("BERLIN")} == {"branch", "atm"}
    assert {one.kind for one in lindenbank.branches("berlin", "atm")} == {"atm"}
    assert lindenbank.branches("Atlantis") == []
    assert "Vienna" in lindenbank.cities()


def test_codes(lindenbank: Bank, present: Present) -> None:
    sender = OutboxSender(lindenbank.database, present)
    assert sender.send(ADA, "111111")
    assert not sender.send("19999999", "222222")
    (first,) = newest(lindenbank.database)
    assert (first.customer, first.name, first.code, first.sent_at) == (
        ADA,
        "Ada Lindqvist",
        "111111",
        present(),
    )
    assert "111111" not in repr(first)
    # A second code replaces the first and is still found by who has seen the first.
    assert sender.send(ADA, "333333")
    (second,) = newest(lindenbank.database, after=first.id)
    assert second.code == "333333"
    assert newest(lindenbank.database) == [second]

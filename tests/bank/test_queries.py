"""What the ledger tells: accounts by name, transactions, spending, payees."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bank import Bank, errors
from tests.bank.conftest import ADA, ANNA, TODAY


@pytest.mark.parametrize("name", ["savings", "my SAVINGS account", "Savings account", "sav"])
def test_account_by_name(lindenbank: Bank, name: str) -> None:
    found = lindenbank.account(ADA, name)
    assert found.kind == "savings"
    spaced = " ".join(found.iban[place : place + 4] for place in range(0, len(found.iban), 4)).lower()
    assert lindenbank.account(ADA, spaced) == found


def test_account_that_is_not_one(lindenbank: Bank) -> None:
    with pytest.raises(errors.UnknownAccount, match="Current account, Joint account, Savings account"):
        lindenbank.account(ADA, "business")
    with pytest.raises(errors.AmbiguousAccount) as refused:
        lindenbank.account(ADA, "account")
    assert len(refused.value.choices) == 3
    with pytest.raises(errors.UnknownAccount):
        lindenbank.account(ANNA, lindenbank.account(ADA, "current").iban)
    with pytest.raises(errors.UnknownCustomer):
        lindenbank.customer("nobody")
    assert lindenbank.accounts("nobody") == []


def test_transactions_by_day_account_and_merchant(lindenbank: Bank) -> None:
    yesterday = TODAY - timedelta(days=1)
    newest = lindenbank.transactions(ADA, since=yesterday, until=yesterday)
    assert [(one.counterparty, one.amount) for one in newest] == [("Lidl", Decimal("-34.20"))]
    times = [one.booked_at for one in lindenbank.transactions(ADA, limit=50)]
    assert times == sorted(times, reverse=True)
    assert len(times) == 50
    assert {one.account for one in lindenbank.transactions(ADA, account="savings", limit=99)} == {
        "Savings account"
    }
    for text in ("cafe central", "CAFÉ", "central"):
        assert {one.counterparty for one in lindenbank.transactions(ADA, merchant=text)} == {"Café Central"}
    assert {one.category for one in lindenbank.transactions(ADA, merchant="groceries")} == {"groceries"}
    assert lindenbank.transactions(ADA, merchant="") == lindenbank.transactions(ADA, merchant="%") == []


def test_transaction_of_another_customer_is_invisible(lindenbank: Bank) -> None:
    number = lindenbank.transactions(ADA, limit=1)[0].id
    assert lindenbank.transaction(ADA, number).id == number
    with pytest.raises(errors.UnknownTransaction):
        lindenbank.transaction(ANNA, number)


def test_spending(lindenbank: Bank) -> None:
    since, until = TODAY - timedelta(days=14), TODAY
    lidl = lindenbank.transactions(ADA, since=since, until=until, merchant="lidl", limit=99)
    assert lindenbank.spending(ADA, since, until, merchant="Lidl") == -sum(one.amount for one in lidl)
    # 89.90 paid, 39.95 given back.
    assert lindenbank.spending(ADA, since, until, merchant="zalando") == Decimal("49.95")
    by_category = lindenbank.spending_by_category(ADA, since, until)
    assert sum(amount for _, amount in by_category) == lindenbank.spending(ADA, since, until)
    assert [amount for _, amount in by_category] == sorted((one for _, one in by_category), reverse=True)
    assert dict(by_category)["groceries"] == lindenbank.spending(ADA, since, until, category="Groceries")
    assert lindenbank.spending(ADA, date(2000, 1, 1), date(2000, 1, 2)) == Decimal("0.00")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("maria", "Maria Rossi"),
        ("MARIA ROSSI", "Maria Rossi"),
        ("my landlord", "Landlord (Mr. Osei)"),
        ("Mr Osei", "Landlord (Mr. Osei)"),
        ("mum", "Mum (Ingrid Lindqvist)"),
        ("stadtwerke", "Stadtwerke Lindenau"),
        ("savings", "Savings account"),
        ("NL91 ABNA 0417 1643 00", "Ben Carter"),
    ],
)
def test_payee_by_name(lindenbank: Bank, said: str, name: str) -> None:
    found = lindenbank.payee(ADA, said)
    assert (found.name, found.own) == (name, said == "savings")


def test_payee_that_is_not_one(lindenbank: Bank) -> None:
    with pytest.raises(errors.AmbiguousPayee) as refused:
        lindenbank.payee(ADA, "tomas")
    assert refused.value.choices == ("Tomas Berger", "Tomas Novak")
    for said in ("nobody", "", "…", "aria"):
        with pytest.raises(errors.UnknownPayee):
            lindenbank.payee(ADA, said)


def test_adding_a_payee(lindenbank: Bank) -> None:
    number = "de89 3704 0044 0532 0130 00"
    assert lindenbank.add_payee(ADA, " Zoë Łukasz ", number).iban == "DE89370400440532013000"
    assert lindenbank.add_payee(ADA, "zoe lukasz", number).name == "Zoë Łukasz"
    assert lindenbank.payee(ADA, "zoe").name == "Zoë Łukasz"
    with pytest.raises(errors.UnknownPayee):
        lindenbank.payee(ANNA, "zoe")
    with pytest.raises(errors.PayeeExists):
        lindenbank.add_payee(ADA, "Zoë Łukasz", "NL91ABNA0417164300")
    with pytest.raises(errors.InvalidIban):
        lindenbank.add_payee(ADA, "Somebody", "DE89 3704 0044 0532 0130 01")
    with pytest.raises(errors.UnknownPayee):
        lindenbank.add_payee(ADA, "\x00\ud800…", number)
    assert len(lindenbank.add_payee(ADA, "x" * 500, number).name) == 80

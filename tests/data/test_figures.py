"""What the assistant says about prices, rates and conditions is what the bank's content says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import bank
from actions.figures import figures
from bank.catalogue import content
from bank.seed import seed
from lam.storage import migrate, open_database
from tests.actions.conftest import TODAY

ROOT = Path(__file__).parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, str] = {
    name: "\n".join(one.get("text", "") for one in variants) for name, variants in DOMAIN["responses"].items()
}
RULES = yaml.safe_load((ROOT / "data" / "rules" / "questions.yml").read_text(encoding="utf-8"))["rules"]
TOLD = {
    rule["steps"][0]["intent"] for rule in RULES if rule["steps"][1].get("action") == "action_tell_figures"
}
# Figures of which the bank's content knows nothing, so that no other place can say otherwise.
OWN = {
    "utter_amount_invalid": ["50", "12.30"],
    "utter_card_acceptance": ["200"],
    "utter_card_limits": ["2,500", "1,000", "500", "24"],
    "utter_customer_number_invalid": ["10000001"],
    "utter_date_invalid": ["1"],
    "utter_exchange_rate": ["1.00"],
    "utter_open_account": ["18", "7"],
    "utter_request_refund": ["14"],
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('bank') / 'bank.db'}")
    migrate(database, bank.MIGRATIONS)
    seed(database, TODAY, customers=1)
    yield figures(bank.Bank(database))
    database.close()


def test_no_response_states_a_figure_that_the_content_could_contradict() -> None:
    """Bug to keep out: rates and fees that were written into the answers had drifted from content/."""
    stated = {name: re.findall(r"\d+(?:[.,]\d+)*", text) for name, text in RESPONSES.items()}
    unbraced = {name: found for name, found in stated.items() if found}
    assert unbraced == OWN, "put figures of content/ in braces, and let action_tell_figures fill them"


def test_every_brace_that_is_told_is_filled(told: dict[str, str]) -> None:
    assert TOLD
    for intent in sorted(TOLD):
        named = set(re.findall(r"{(\w+)}", RESPONSES[f"utter_{intent}"]))
        assert named, f"utter_{intent} names no figure: answer {intent} with the response itself"
        assert named <= told.keys(), (
            f"utter_{intent}: {sorted(named - told.keys())} is no figure of the bank's"
        )


def test_a_plain_answer_has_no_brace_that_nobody_fills() -> None:
    plain = [rule["steps"][1].get("action", "") for rule in RULES]
    assert [one for one in plain if one.startswith("utter_") and "{" in RESPONSES[one]] == []


def test_figures_are_those_of_the_content(told: dict[str, str]) -> None:
    rates = content("rates")
    for name, value in rates["tariff"].items():
        assert told[name] in (f"€{value}", f"{value} %", "nothing")
        assert (told[name] == "nothing") == (value == "0.00")
    for product, value in rates["interest_percent"].items():
        assert told[f"{product.replace('-', '_')}_percent"] == f"{value} %"
    for product, value in rates["monthly_fee"].items():
        assert told[f"{product.replace('-', '_')}_fee"] == f"€{value}"
    for product in content("products"):
        assert told[product["id"].replace("-", "_")] == product["summary"]


@pytest.mark.parametrize(
    ("intent", "parts"),
    [("savings_info", ["Easy Saver pays 1.75 % a year", "from 1,000 euros"]),
     ("loan_info", ["Personal Loan, 6.90 % a year", "Car Loan, 4.90 % a year", "80,000 euros"]),
     ("mortgage_info", ["3.65 % a year", "up to 90 percent"]), ("insurance_info", ["€7.40 a month"]),
     ("account_fees", ["Current Plus account costs €4.90", "Student account nothing", "instant one €0.50"]),
     ("exchange_fee", ["costs 0.50 % of"]), ("top_up_fees", ["transfer costs nothing, by card 0.90 %"]),
     ("request_statement", ["costs €1.50"]), ("order_card", ["costs €10.00, a replacement nothing"]),
     ("card_delivery", ["3 to 5 working days"]), ("card_fees_abroad", ["1.50 %", "Travel Card nothing"])],
)  # fmt: skip
def test_answers_name_the_figures_of_the_bank(intent: str, parts: list[str], told: dict[str, str]) -> None:
    assert intent in TOLD
    answer = RESPONSES[f"utter_{intent}"].format(**told)
    assert [part for part in parts if part not in answer] == [], answer

"""Eligibility: what the bank's own file says, and files that are wrong, told by line."""

from pathlib import Path

import pytest
import yaml

from lam.places import DataError
from lam.recommend import Eligibility, Item, Profile

ROOT = Path(__file__).parents[2]
RULES = ROOT / "content" / "eligibility.yml"
CATALOGUE = [
    Item(one["id"]) for one in yaml.safe_load((ROOT / "content" / "products.yml").read_text(encoding="utf-8"))
]
AGE = "facts: {age: number}\n"
GROWN_UP = {"age": 35, "country": "DE", "risk_class": 7}


def allowed(profile: Profile, rules: Path = RULES) -> set[str]:
    mask = Eligibility.read(rules, CATALOGUE).mask(profile)
    return {item.id for item, open_ in zip(CATALOGUE, mask, strict=True) if open_}


def test_the_student_account_is_for_nobody_over_27() -> None:
    """Bug: it was suggested to people of any age."""
    for age, welcome in ((15, False), (16, True), (27, True), (28, False), (60, False)):
        assert ("student-account" in allowed(Profile({**GROWN_UP, "age": age}))) == welcome


def test_who_has_one_current_account_is_offered_no_other() -> None:
    young = {**GROWN_UP, "age": 22}
    assert {"student-account", "current-plus"} <= allowed(Profile(young))
    assert not {"student-account", "current-plus"} & allowed(Profile(young, held=frozenset({"current-plus"})))


def test_what_is_held_is_not_offered_unless_it_may_be_had_twice() -> None:
    found = allowed(Profile(GROWN_UP, held=frozenset({"gold-card", "fixed-saver"})))
    assert "gold-card" not in found and "fixed-saver" in found


def test_what_is_hidden_stays_away() -> None:
    assert "gold-card" not in allowed(Profile(GROWN_UP, hidden=frozenset({"gold-card"})))


def test_risk_and_country_decide() -> None:
    careful = allowed(Profile({**GROWN_UP, "risk_class": 3}))
    assert "bond-fund" in careful and not {"green-fund", "global-fund"} & careful
    assert not {"mortgage", "pension-plan"} & allowed(Profile({**GROWN_UP, "country": "NL"}))


@pytest.mark.parametrize("unknown", ["age", "country", "risk_class"])
def test_a_fact_that_nobody_knows_closes_what_asks_for_it(unknown: str) -> None:
    text = yaml.safe_load(RULES.read_text(encoding="utf-8"))["items"]
    asking = {item for item, conditions in text.items() if unknown in conditions}
    facts = {name: value for name, value in GROWN_UP.items() if name != unknown}
    assert asking and not asking & allowed(Profile(facts))
    for nonsense in (None, "many", float("nan"), True, [18]):
        assert not asking & allowed(Profile({**facts, unknown: nonsense}))


def test_a_stranger_is_offered_only_what_asks_for_nothing() -> None:
    assert allowed(Profile()) == {"easy-saver", "fixed-saver", "travel-card", "travel-insurance"}


def test_stock_is_an_attribute_of_the_item(tmp_path: Path) -> None:
    items = [Item("there", "", {"stock": 3}), Item("gone", "", {"stock": 0}), Item("unknown")]
    rules = write(tmp_path, "facts: {item.stock: number}\neverything: {item.stock: {from: 1}}\n")
    assert Eligibility.read(rules, items).mask(Profile()).tolist() == [True, False, False]


def test_what_is_withdrawn_is_for_nobody(tmp_path: Path) -> None:
    rules = write(tmp_path, "withdrawn: [gold-card]\n")
    assert allowed(Profile(), rules) == {item.id for item in CATALOGUE} - {"gold-card"}


def test_without_rules_everything_is_open(tmp_path: Path) -> None:
    assert len(allowed(Profile(), write(tmp_path, ""))) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("text", "told"),
    [("facts: {age: numbr}\n", "rules.yml:1: expected an eligibility file: age as number or word"),
     ("facts:\n  age: number\nitems:\n  gold-crad:\n    age: {from: 18}\n", "rules.yml:5: .*gold-crad"),
     ("items:\n  gold-card:\n    height: {from: 1}\n", r"rules.yml:3: .*declared under `facts` \(none\)"),
     (f"{AGE}items:\n  gold-card:\n    age: {{from: 30, to: 20}}\n", "rules.yml:4: .*not above"),
     (f"{AGE}items:\n  gold-card: {{age: {{}}}}\n", "rules.yml:3"),
     ("facts: {age: number}\nitems:\n  gold-card:\n    age: {frm: 30}\n", "rules.yml:4: .*found 'frm'"),
     ("facts: {age: number}\nitems:\n  gold-card:\n    age: {from: old}\n", "rules.yml:4: .*numbers"),
     ("facts: {land: word}\nitems:\n  gold-card: {land: []}\n", "rules.yml:3: .*an empty one"),
     ("exclusive:\n  - [gold-card, silver-card]\n", "rules.yml:2: .*'silver-card'"),
     ("exclusive:\n  - gold-card\n", "rules.yml:2: .*a list of items"),
     ("# one\nrules: {}\n", "rules.yml:2: .*with the keys facts"), ("facts: [\n", "rules.yml:"),
     ("facts: {age: number}\nitems:\n  gold-card: {age: {from: .nan}}\n", "rules.yml:3: .*numbers")],
)  # fmt: skip
def test_a_wrong_file_is_told_by_its_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=told):
        Eligibility.read(write(tmp_path, text), CATALOGUE)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.yml:1: expected an eligibility file, found"):
        Eligibility.read(tmp_path / "none.yml", CATALOGUE)


def write(folder: Path, text: str) -> Path:
    path = folder / "rules.yml"
    path.write_text(text, encoding="utf-8")
    return path

"""Files that a team writes: goals, the policy, the catalogue; what is wrong in them is told by its place."""

from pathlib import Path

import pytest

from lam.places import DataError
from lam.recommend import Goals, Policy, read_policy
from lam.recommend.catalogue import read_catalogue
from lam.recommend.ranking import RankingSettings

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"


def test_goals_are_recognised_by_whole_words_in_their_order() -> None:
    goals = Goals.read(CONTENT / "goals.yml")
    assert goals.named("A trip now, and later a House of our own") == ["travel", "home"]
    assert goals.named("which card for carpets, I care") == []
    assert goals.named("not interested") == []


def test_questions_show_goals() -> None:
    goals = Goals.read(CONTENT / "goals.yml")
    assert goals.asked(["greet", "savings_info", "mortgage_info", "savings_info"]) == ["savings", "home"]


def test_goals_become_words_known_or_not() -> None:
    goals = Goals.read(CONTENT / "goals.yml")
    assert goals.words(["home", "a yacht"]).endswith("of one's own. a yacht")
    assert goals.words([]) == ""


def test_every_goal_has_a_name_that_the_assistant_says() -> None:
    import yaml

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    goals = Goals.read(CONTENT / "goals.yml")
    assert {f"utter_goal_{name}" for name in (*goals.known, "said")} <= domain["responses"].keys()
    offered = {one["payload"] for one in domain["responses"]["utter_ask_goal"][0]["buttons"]} - {"/deny"}
    assert offered <= {f'/inform{{"goal":"{name}"}}' for name in goals.known}
    asked = {intent for goal in goals.known.values() for intent in goal.intents}
    assert asked <= set(domain["intents"])


@pytest.mark.parametrize(
    ("text", "told"),
    [("home: {words: a home}\n", "goals.yml:1: .*home with intents, said, words, found words"),
     ("home:\n  words: ''\n  said: []\n  intents: []\n", "goals.yml:2"), ("home: [\n", "goals.yml")],
)  # fmt: skip
def test_wrong_goals_are_told_by_their_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "goals.yml").write_text(text)
    with pytest.raises(DataError, match=told):
        Goals.read(tmp_path / "goals.yml")


def test_the_banks_policy_can_be_read() -> None:
    assert read_policy(CONTENT / "recommend.yml").model == "hybrid"


def test_what_a_policy_does_not_say_stays_at_the_default(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text("influence: 0.2\nranking: {explore: 0.5}\n")
    assert read_policy(path) == Policy(influence=0.2, ranking=RankingSettings(explore=0.5))
    path.write_text("")
    assert read_policy(path) == Policy()


@pytest.mark.parametrize(
    ("text", "told"),
    [("modle: als\n", "policy.yml:1: .*found 'modle'"),
     ("model: als\ninfluence: much\n", "policy.yml:2: .*float"),
     ("influence: 2\n", "policy.yml:1: Expected an influence"),
     ("ranking: {pool: 1.5}\n", "policy.yml:1: .*int"), ("ranking: 3\n", "policy.yml:1"),
     ("ranking:\n  pool: 0\n", "policy.yml:1: Expected a pool")],
)  # fmt: skip
def test_a_wrong_policy_is_told_by_its_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(text)
    with pytest.raises(DataError, match=told):
        read_policy(tmp_path / "policy.yml")


def test_missing_files_are_told(tmp_path: Path) -> None:
    for read in (read_policy, Goals.read, read_catalogue):
        with pytest.raises(DataError, match=r"none\.yml:1: expected a"):
            read(tmp_path / "none.yml")


def test_a_catalogue_may_be_yaml_csv_or_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- {id: x, name: A lamp., features: [warm, dim], stock: 3}\n- {id: y}\n")
    (tmp_path / "a.csv").write_text('id,name,features,stock\nx,A lamp.,"warm, dim",3\ny,,,\n')
    (tmp_path / "a.jsonl").write_text(
        '{"id": "x", "name": "A lamp.", "features": ["warm", "dim"], "stock": 3}\n\n{"id": "y"}\n'
    )
    for name in ("a.yml", "a.csv", "a.jsonl"):
        first, second = read_catalogue(tmp_path / name)
        assert (first.id, first.text, first.attributes) == ("x", "A lamp. warm, dim", {"stock": 3})
        assert (second.id, second.text) == ("y", "")


def test_the_banks_products_are_a_catalogue() -> None:
    items = read_catalogue(CONTENT / "products.yml")
    assert len(items) == 16 and all(item.text and item.attributes["kind"] for item in items)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [("a.yml", "- {id: x}\n- {id: x}\n", "a.yml:2: expected each id once"),
     ("a.yml", "x: 1\n", "a list of items"),
     ("a.yml", "- {name: y}\n", "a.yml:1: expected an item with an id"), ("a.txt", "", "expected .yml"),
     ("a.jsonl", "{\n", "a.jsonl:1: expected a catalogue"), ("a.csv", "name\nx\n", "a.csv:2: .*an id")],
)  # fmt: skip
def test_a_wrong_catalogue_is_told_by_its_place(name: str, text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=told):
        read_catalogue(tmp_path / name)

"""`lam understand`: training, measuring and asking from the command line, without Rasa."""

import csv
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from lam.cli import app
from lam.understanding.archive import load_model
from lam.workbench.command_recipe import ADAPTER_KEYS, KEYS, read_recipe
from lam.workbench.terminal import CommandError
from tests.understanding.examples import EXAMPLES

QUICK = {
    "batch_size": 8, "encoder_learning_rate": 2e-3, "head_learning_rate": 1e-2, "dropout": 0.0,
    "noise": 0.0, "max_length": 32,
}  # fmt: skip
NAMES = ("you", "hello", "bye", "good", "old", "new")


def lam(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["understand", *map(str, arguments)], input=stdin)


def one_line(done: Result) -> str:
    """Return what is wrong; it is told in one line and without a traceback."""
    assert done.exit_code == 2 and isinstance(done.exception, SystemExit), done.output
    last = done.stderr.splitlines()[-1]
    assert last.startswith("lam: ") and "Traceback" not in done.output
    return last


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sets(tiny_encoder: Path) -> list[str]:
    """The options of a training that takes seconds."""
    return [
        part
        for key, value in {"encoder": tiny_encoder, **QUICK}.items()
        for part in ("--set", f"{key}={value}")
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples as CSV."""
    path = tmp_path_factory.mktemp("data") / "examples.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "intent"), *((one.text, one.intent) for one in EXAMPLES)])
    return path


@pytest.fixture(scope="module")
def trained(data: Path, sets: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A model's folder, and what its training has printed."""
    out = tmp_path_factory.mktemp("models") / "deep" / "tiny"
    report = out.parents[1] / "report"
    done = lam(
        "train", data, "--out", out, "--validation", data, "--report", report, *sets, "--set", "epochs=25"
    )
    assert done.exit_code == 0, done.output
    assert list(report.iterdir())
    return out, done.output


@pytest.fixture(scope="module")
def model(trained: tuple[Path, str]) -> Path:
    return trained[0]


def test_a_training_from_csv_writes_a_classifier_and_tells_its_accuracy(trained: tuple[Path, str]) -> None:
    out, told = trained
    assert load_model(out).intents == ("balance", "greet", "lost")
    assert "24 texts, 3 intents" in told and "accuracy" in told.lower()
    assert [one.name for one in out.parent.iterdir()] == ["tiny"]  # no scratch is left


def test_a_training_from_json_lines_and_a_config_replaces_an_older_classifier(
    model: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    rows = [{"text": f"pay {name} please", "intent": "pay"} for name in NAMES]
    rows += [{"text": one.text, "intent": one.intent} for one in EXAMPLES if one.intent != "lost"]
    (tmp_path / "more.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in rows))
    entry = {
        "name": "lam.components.bert_intent_classifier.BertIntentClassifier", "encoder": str(tiny_encoder),
        "ranking_length": 3, "epochs": 9, **QUICK,
    }  # fmt: skip
    (tmp_path / "config.yml").write_text(yaml.safe_dump({"pipeline": [{"name": "x.Tokenizer"}, entry]}))
    shutil.copytree(model, tmp_path / "out")
    done = lam(
        "train", tmp_path / "more.jsonl", "--out", tmp_path / "out", "--config", tmp_path / "config.yml",
        "--set", "epochs=2", "--set", "validation=0.2", "--state", tmp_path / "state",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    facts = json.loads((tmp_path / "out" / "manifest.json").read_text())["facts"]
    assert facts["intents"] == ["balance", "greet", "pay"]
    assert (facts["recipe"]["epochs"], facts["recipe"]["batch_size"]) == (2, 8)
    assert len(facts["labels"]) < len(rows)  # who judges doesn't vote
    assert "accuracy" in done.output.lower()
    assert {one.name for one in tmp_path.iterdir()} == {"more.jsonl", "config.yml", "out", "state"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.yml", "nlu:\n- intent: greet\n  examples: |\n    - [Anna](payee\n   bad"),
        ("broken.csv", "words,label\nhello,greet\n"),
        ("broken.jsonl", '{"text": "hello", "intent": "greet"}\n{"text": \n'),
        ("one.csv", "text,intent\nhello,greet\nhi,greet\n"),
        ("empty.csv", "text,intent\n"),
    ],
)
def test_data_that_is_broken_leaves_nothing_behind(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    assert one_line(lam("train", tmp_path / name, "--out", tmp_path / "deep" / "out"))
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert one_line(lam("train", tmp_path / "gone.csv", "--out", tmp_path / "out"))


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("epoch=3", "expected a key of a recipe, found 'epoch'. Did you mean epochs?"),
        ("colour=red", "Take one of encoder, epochs, "),
        ("epochs=three", "epochs: expected a whole number, found 'three'."),
        ("epochs=2.5", "epochs: expected a whole number, found '2.5'."),
        ("epochs=0", "epochs: expected a number above 0, found 0."),
        ("spelling=maybe", "spelling: expected true or false, found 'maybe'."),
        ("dropout=nan", "dropout: expected a number, found 'nan'."),
        ("adversarial=fgsm", "adversarial: expected none, fgm or pgd, found 'fgsm'."),
        ("epochs", "expected key=value, found 'epochs'."),
        ("encoder=no/such/encoder/anywhere", "no/such/encoder/anywhere"),
    ],
)
def test_a_setting_that_is_none_is_one_line(setting: str, told: str, data: Path, tmp_path: Path) -> None:
    assert told in one_line(lam("train", data, "--out", tmp_path / "out", "--set", setting))
    assert not list(tmp_path.iterdir())


def test_layers_that_an_encoder_lacks_can_not_be_frozen(data: Path, sets: list[str], tmp_path: Path) -> None:
    done = lam("train", data, "--out", tmp_path / "out", *sets, "--set", "frozen_layers=9")
    assert "frozen_layers: expected at most" in one_line(done)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "pipeline: 3",
        "pipeline: [{name: Other}]",
        "a: [",
        "pipeline: [{name: BertIntentClassifier, epoch: 3}]",
    ],
)
def test_a_config_without_the_component_or_with_a_wrong_key_is_one_line(
    content: str, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.yml").write_text(content)
    done = lam("train", data, "--out", tmp_path / "out", "--config", tmp_path / "config.yml")
    assert "config.yml: expected " in one_line(done)


def test_the_config_of_the_reference_assistant_is_taken() -> None:
    recipe = read_recipe(Path(__file__).parents[2] / "config.yml", ["encoder_learning_rate=1e-5"])
    assert (recipe.batch_size, recipe.encoder_learning_rate) == (64, 1e-5)
    assert read_recipe(None, ["spelling=false"]).spelling is False
    assert not {*ADAPTER_KEYS} & {*KEYS}
    with pytest.raises(CommandError, match="--set"):
        read_recipe(None, ["ranking_length=3"])


def test_a_folder_with_something_else_is_never_replaced(data: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("mine")
    assert "found other files" in one_line(lam("train", data, "--out", tmp_path / "out"))
    assert "found" in one_line(lam("train", data, "--out", tmp_path / "out" / "letters.txt" / "deeper"))
    inside = lam("train", data, "--out", tmp_path / "new", "--state", tmp_path / "new" / "state")
    assert "outside of --out" in one_line(inside)
    lost = lam("train", data, "--out", tmp_path / "new", "--report", tmp_path / "report")
    assert "Give --validation" in one_line(lost)  # 24 texts are too few to hold some back
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "letters.txt").read_text() == "mine"


STORIES = """
stories:
- story: a lost card
  steps:
  - action: utter_ask_card
  - user: yes it is gone
    intent: lost
"""


def test_stories_count_where_a_domain_is_named(data: Path, sets: list[str], tmp_path: Path) -> None:
    (tmp_path / "stories.yml").write_text(STORIES)
    (tmp_path / "domain.yml").write_text("responses:\n  utter_ask_card:\n  - text: Is it your card?\n")
    told = {}
    for name, options in {"with": ["--domain", tmp_path / "domain.yml"], "without": []}.items():
        out = tmp_path / name
        stories = tmp_path / "stories.yml"
        done = lam("train", data, stories, "--out", out, *sets, "--set", "epochs=1", *options)
        assert done.exit_code == 0, done.output
        told[name] = done.output
        found = {(one.text, one.context) for one, _ in load_model(out).nearest("yes it is gone", count=99)}
        assert (("yes it is gone", "Is it your card?") in found) == (name == "with")
    assert "25 texts" in told["with"] and "24 texts" in told["without"]
    (tmp_path / "stories.yml").write_text(STORIES.replace("action", "acton"))
    broken = ["--out", tmp_path / "out", "--domain", tmp_path / "domain.yml"]
    assert "stories.yml:5: expected Rasa's stories" in one_line(lam("train", data, tmp_path, *broken))
    assert "gone.yml" in one_line(lam("train", data, *broken[:3], tmp_path / "gone.yml"))
    assert not (tmp_path / "out").exists()


def test_parse_reads_arguments(model: Path) -> None:
    done = lam("parse", model, "i lost my card", "hello")
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert "lost  scope" in first and first.endswith("i lost my card")
    assert "greet  scope" in second


def test_parse_reads_lines_and_writes_json_lines(model: Path) -> None:
    done = lam("parse", model, "--json", stdin="hello you\n\ncard stolen\r\n\x1b[31m")
    hello, blank, card, strange = map(json.loads, done.stdout.splitlines())
    assert (hello["text"], hello["intent"], hello["entities"]) == ("hello you", "greet", [])
    assert (blank["intent"], blank["confidence"]) == (None, 0.0)
    assert (card["text"], card["intent"]) == ("card stolen", "lost")
    assert card["ranking"][0] == {"intent": "lost", "confidence": card["confidence"]}
    assert strange["text"] == "\x1b[31m" and "\x1b" not in done.stdout
    assert "\x1b" not in lam("parse", model, stdin="\x1b[31m").stdout


def test_parse_reads_lines_that_are_no_utf_8(model: Path) -> None:
    done = CliRunner().invoke(app, ["understand", "parse", str(model)], input=b"hello \xff\xfe\n")
    assert done.exit_code == 0 and "hello" in done.stdout


def test_explain_shows_words_and_context(model: Path) -> None:
    done = lam("explain", model, "my card is stolen", "--context", "hello")
    assert done.exit_code == 0 and max(map(len, done.stdout.splitlines())) <= 100
    assert "card[+" in done.stdout and "Without that turn: " in done.stdout
    facts = json.loads(lam("explain", model, "my card is stolen", "--json").stdout)
    assert facts["intent"] == "lost" and len(facts["words"]) == 4 and facts["without_context"] is None


def test_evaluate_prints_what_matters_and_reads_archives(model: Path, data: Path, tmp_path: Path) -> None:
    archive = tmp_path / "bot.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(model, "components/train_BertIntentClassifier1")
    first, second = (lam("evaluate", one, data) for one in (model, archive))
    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert first.stdout == second.stdout
    for word in ("accuracy", "macro", "calibration", "outside"):
        assert word in first.stdout.lower()
    report = lam("evaluate", model, data, "--report", tmp_path / "report")
    assert report.exit_code == 0 and list((tmp_path / "report").iterdir())


def test_attack_compares_two_models_in_table_picture_and_file(
    model: Path, data: Path, tmp_path: Path
) -> None:
    other = tmp_path / "hardened"
    shutil.copytree(model, other)
    picture, facts = tmp_path / "attack.png", tmp_path / "attack.json"
    options = ["--edits", "1", "--guided", "2", "--picture", picture, "--json", facts, "--against", other]
    done = lam("attack", model, data, *options)
    assert done.exit_code == 0, done.output
    assert "tiny" in done.stdout and "hardened" in done.stdout and "typo" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    reports = json.loads(facts.read_text())
    assert reports["tiny"] == reports["hardened"]
    assert {row["edits"] for row in reports["tiny"]["rows"]} == {1}
    alias = CliRunner().invoke(app, ["attack", str(model), str(data), "--edits", "1", "--guided", "0"])
    assert alias.exit_code == 0 and "typo" in alias.stdout


@pytest.mark.parametrize("command", ["parse", "explain", "evaluate", "attack"])
def test_a_model_that_is_none_is_one_line(command: str, data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tar.gz").write_text("no archive")
    for name in ("empty", "gone", "gone.tar.gz", "text.tar.gz"):
        assert "expected" in one_line(lam(command, tmp_path / name, data)).lower()


def test_serving_commands_load_neither_torch_nor_rasa(model: Path, data: Path) -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from lam.cli import app\n"
        f"model, data = {str(model)!r}, {str(data)!r}\n"
        "for line in (['parse', model, 'hello'], ['explain', model, 'hello'], ['evaluate', model, data],\n"
        "             ['attack', model, data, '--edits', '1', '--guided', '1']):\n"
        "    done = CliRunner().invoke(app, ['understand', *line])\n"
        "    assert done.exit_code == 0, done.output\n"
        "print(sorted({'torch', 'transformers', 'tensorflow', 'rasa'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr

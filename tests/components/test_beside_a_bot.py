"""`lam` installed beside somebody else's Rasa bot: one component of ours in its pipeline."""

import json
import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BENCH_DATA = os.environ.get("LAM_BENCH_DATA")  # read at import: the tests take LAM_ settings away

# What the bot's own pipeline wants and no clone has: a Duckling server, and a spaCy model to download.
# Its DIET is what ours stands in for.
_OUT_OF_REACH = {"DucklingEntityExtractor", "SpacyNLP", "SpacyEntityExtractor", "DIETClassifier"}

_PROGRAM = """
import asyncio, json, sys
from pathlib import Path
import lam
from rasa.core.agent import load_agent
from rasa.model_training import train_nlu

assert Path(lam.__file__).is_relative_to(sys.prefix), f"lam comes from {lam.__file__}"
model = train_nlu("config.yml", "data", "models")
async def read():
    agent = await load_agent(model_path=model)
    return [await agent.parse_message(text) for text in json.loads(sys.argv[1])]
Path("read.json").write_text(json.dumps(asyncio.run(read())))
"""


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    """A copy of Rasa's financial demo with our classifier in its pipeline."""
    if not BENCH_DATA:
        pytest.skip("needs rasa_bots/financial-demo: set LAM_BENCH_DATA to the folder of the data sets")
    folder = Path(shutil.copytree(Path(BENCH_DATA) / "rasa_bots" / "financial-demo", tmp_path / "bot"))
    config = yaml.safe_load((folder / "config.yml").read_text())
    config["assistant_id"] = "financial-demo"
    pipeline = [one for one in config["pipeline"] if one["name"] not in _OUT_OF_REACH]
    place = next(i for i, one in enumerate(pipeline) if one["name"] == "FallbackClassifier")
    ours = {"name": "lam.components.bert_intent_classifier.BertIntentClassifier", "epochs": 6, "seed": 1}
    config["pipeline"] = [*pipeline[:place], ours, *pipeline[place:]]
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    return folder


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An environment with Rasa and what belongs to it, and `lam` by `pip install` with the constraints."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    # The path alone: files there that point at the source tree are not followed.
    (packages / "existing.pth").write_text(sysconfig.get_path("purelib") + "\n")
    source = Path(shutil.copytree(ROOT / "lam", tmp_path / "source" / "lam")).parent
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    install = [
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-build-isolation",
    ]
    subprocess.run([*install, str(source), "-c", str(ROOT / "constraints.txt")], check=True)
    return python


@pytest.mark.weights
def test_one_component_serves_another_bot(bot: Path, python: Path) -> None:
    said = {
        "could you wire some cash over to my brother": "transfer_money",
        "what do I still have in my account": "check_balance",
        "I need to settle what I owe on my credit card": "pay_cc",
    }
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        [python, "-c", _PROGRAM, json.dumps(list(said))],
        cwd=bot, env={**environment, "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    read = json.loads((bot / "read.json").read_text())
    # The bot's own fallback, at 0.7, comes after our component and may overrule it.
    rankings = [[one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"] for parsed in read]
    assert [ranking[0]["name"] for ranking in rankings] == list(said.values())
    assert all(0 < ranking[0]["confidence"] <= 1 and len(ranking) > 1 for ranking in rankings)

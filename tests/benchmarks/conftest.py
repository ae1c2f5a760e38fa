"""Data sets of a few rows in the forms of the public ones, and a run that trains tiny encoders on them."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.figures import Run
from lam.types import Example
from tests.understanding.examples import EXAMPLES

_NAMES = ("anna", "ben", "carl", "dora", "emil", "frida")


@pytest.fixture
def run(tiny_encoder: Path, tmp_path: Path) -> Run:
    """What is measured goes to a folder of the test's own."""
    changes = {
        "encoder": str(tiny_encoder), "epochs": 3, "batch_size": 8, "encoder_learning_rate": 2e-3,
        "head_learning_rate": 1e-2, "dropout": 0.0, "max_length": 32,
    }  # fmt: skip
    return Run(changes=changes, home=tmp_path / "home")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that LAM_BENCH_DATA names."""
    home = tmp_path / "data"
    for name, rows in {"train": EXAMPLES, "test": [*EXAMPLES[:12:2], Example("hi there", "greet")]}.items():
        _write_csv(home / "banking77" / f"{name}.csv", rows)
    for name in ("train_10", "valid", "test"):
        _write_columns(home / "fewshot_intent" / "BANKING77" / name, EXAMPLES)
    rows = [[one.text, one.intent] for one in EXAMPLES]
    strange = [["what a fine day", "oos"], ["sing me a song", "oos"]]
    clinc150 = home / "clinc150" / "data_full.json"
    clinc150.parent.mkdir(parents=True)
    parts = {"train": rows, "val": rows, "test": rows[::2], "oos_val": strange, "oos_test": strange}
    clinc150.write_text(json.dumps(parts))
    for name in ("train", "dev", "test"):
        folder = home / "snips" / name
        texts = [f"pay {one} now" for one in _NAMES] + ["good bye"] * 3
        _write_columns(folder, [Example(text, text.split()[0]) for text in texts])
        tags = ["O B-payee B-when"] * len(_NAMES) + ["O O"] * 3
        (folder / "seq.out").write_text("\n".join(tags))
    monkeypatch.setenv("LAM_BENCH_DATA", str(home))
    return home


def _write_csv(path: Path, rows: Sequence[Example]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "category"])
        writer.writerows([one.text, one.intent] for one in rows)


def _write_columns(folder: Path, rows: Sequence[Example]) -> None:
    folder.mkdir(parents=True)
    (folder / "seq.in").write_text("\n".join(one.text for one in rows))
    (folder / "label").write_text("\n".join(one.intent for one in rows))

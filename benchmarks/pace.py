"""How long a training takes until it is as good as it gets: ours, and DIET's by the same rule."""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import corpora
from benchmarks.corpora import Corpus
from benchmarks.figures import ROOT, Run
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import RECIPES, Found, key_of
from benchmarks.turns import in_turn
from lam.types import Example

_NEAR = 0.003  # of the accuracy in the end
_SHARE = Bar(1 / 8, 1 / 16, low=True)
_EPOCHS = 100  # of DIET, as Rasa has it
_MODELS = {"lam": "benchmarks.pace_ours", "DIET": "benchmarks.pace_diet"}


def pace(run: Run) -> list[Sheet]:
    """Train both in turn on a part of BANKING77's training rows; judge both by another part of them.

    The parts are a fifth each; a twentieth when it is to be quick, and four fifths against the last one with
    the peers that train for hours. Test rows are read once, in the end.
    """
    corpus = parts(corpora.banking77(), run)
    recipe = {**RECIPES["banking77"], **run.changes}
    key = key_of(run, corpus, recipe) | {"epochs": _EPOCHS}
    found = run.once("pace-whole" if run.diet else "pace", key, lambda: raced(corpus, recipe, _EPOCHS))
    return sheets(found, corpus)


def parts(corpus: Corpus, run: Run) -> Corpus:
    """Return what to train on, what to judge by, and the test rows, which are of the test part alone."""
    rows = corpus.train
    if run.diet and not run.quick:
        return Corpus([one for n, one in enumerate(rows) if n % 5 != 1], rows[1::5], corpus.test)
    step = 20 if run.quick else 5
    return Corpus(rows[::step], rows[1::step], corpus.test[::step])


def raced(corpus: Corpus, recipe: Found, epochs: int) -> Found:
    """Return for both the seconds and the accuracy after each epoch, and those of the whole training."""
    asked = {
        "train": _rows(corpus.train),
        "held": _rows(corpus.validation),
        "test": _rows(corpus.test),
        "recipe": recipe,
        "epochs": epochs,
    }
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "asked.json")
        path.write_text(json.dumps(asked), encoding="utf-8")
        commands = {name: (sys.executable, "-m", module, path) for name, module in _MODELS.items()}
        return in_turn(commands, ROOT)


def reached(epochs: Sequence[tuple[float, float]]) -> tuple[int, float]:
    """Return the first epoch after which the accuracy is near that of the last one, and its seconds.

    Args:
        epochs: seconds until the end of each, and the accuracy in [0, 1] after it.
    """
    final = epochs[-1][1]
    # 0.9 - 0.003 is a little more than 0.897 to a computer.
    return next((n, took) for n, (took, found) in enumerate(epochs, 1) if found >= final - _NEAR - 1e-9)


def sheets(found: Found, corpus: Corpus) -> list[Sheet]:
    """Return the table of the race, and that of its course at the ends of our epochs."""
    first = [reached(found[name]["epochs"]) for name in _MODELS]
    seconds = [[took] for _, took in first]
    lines = [
        Line("seconds until within 0.3 points of the final accuracy", seconds, places=0),
        Line("… a share of DIET's", [[seconds[0][0] / seconds[1][0]], None], _SHARE, 3),
        Line("… after so many epochs", [[number] for number, _ in first], places=0),
        Line("seconds of the whole training", [[found[name]["whole"]] for name in _MODELS], places=0),
        Line(
            "accuracy in the end %, rows held back",
            [[100 * found[name]["epochs"][-1][1]] for name in _MODELS],
        ),
        Line("accuracy in the end %, test rows", [[100 * found[name]["test"]] for name in _MODELS]),
    ]
    course = [
        Line(f"after {took:.0f} s", [[100 * right], _at(found["DIET"]["epochs"], took)])
        for took, right in found["lam"]["epochs"]
    ]
    sizes = f"{len(corpus.train)} rows of BANKING77's training, judged by {len(corpus.validation)} others"
    return [
        Sheet(f"Pace on {sizes}", [*_MODELS], lines),
        Sheet("… accuracy % on the rows held back, at the ends of our epochs", [*_MODELS], course),
    ]


def _at(epochs: Sequence[tuple[float, float]], seconds: float) -> list[float] | None:
    """Return the accuracy in percent after the last epoch that had ended; None before the first."""
    ended = [right for took, right in epochs if took <= seconds]
    return [100 * ended[-1]] if ended else None


def _rows(examples: Sequence[Example]) -> list[list[str]]:
    return [[one.text, one.intent] for one in examples]

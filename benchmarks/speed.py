"""One message on one thread: what it costs the component and the whole parse, beside Rasa's default."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks import corpora
from benchmarks.code_hash import code_hash
from benchmarks.figures import ROOT, Run
from benchmarks.parsing import Parsed, parsed
from benchmarks.rasa_models import HURRIED_DIET, ours, rasa_trained
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import RECIPES, Found, part_of
from lam.encoder import find_encoder
from lam.encoder.tokens import Tokenizer
from lam.supervisor.model import model_path
from lam.types import Example

_TOKENS = range(13, 18)  # those around a text among them
_WARM_UP = 20  # messages that don't count
_COUNT = 300
_BARS = {
    ("component", "p50"): Bar(3, 3, low=True),
    ("component", "p95"): Bar(8, 8, low=True),
    ("whole", "p50"): Bar(5, 5, low=True),
    ("whole", "p95"): Bar(5, 5, low=True),
}
_NAMES = {"component": "component", "whole": "whole parse"}
_FASTER = Bar(3, 3)


def speed(run: Run) -> list[Sheet]:
    """Let both pipelines parse the same messages in turns, in one process on one core.

    Ours is the assistant's model; where that has not been trained, one that Rasa trains on BANKING77. DIET is
    trained on the same data for one epoch: a message costs the same however long it was trained. Its
    component is what does the work of ours: DIETClassifier, and the featurizers that it reads.
    """
    ours_, theirs = _archives(run)
    texts = messages(
        [one.text for one in corpora.banking77().test], _WARM_UP + _COUNT // (5 if run.quick else 1)
    )
    key = {"code": code_hash(), "lam": ours_.name, "default": theirs.name, "messages": len(texts)}
    found = run.once("speed", key, lambda: in_turn([ours_, theirs], texts))
    lines = [
        Line(f"{_NAMES[part]} {cut}, ms", [[found[name][part][cut]] for name in found], bar)
        for (part, cut), bar in _BARS.items()
    ]
    lines += [
        Line(
            f"{_NAMES[part]} {cut}, times faster",
            [[found["default"][part][cut] / found["lam"][part][cut]], None],
            _FASTER,
        )
        for part, cut in _BARS
    ]
    title = f"One message of {_TOKENS[0]} to {_TOKENS[-1]} tokens on one core; {ours_.name}"
    return [Sheet(title, ["lam", "Rasa's default pipeline"], lines)]


def in_turn(archives: Sequence[Path], texts: Sequence[str]) -> Found:
    """Return the quantiles of both archives' times, in milliseconds."""
    found = parsed(archives, texts, one_core=True)
    return {
        name: {part: _cuts(one, part) for part in _NAMES}
        for name, one in zip(("lam", "default"), found, strict=True)
    }


def messages(texts: Sequence[str], count: int) -> list[str]:
    """Return the first texts that have about fifteen tokens."""
    tokenizer = Tokenizer.for_encoder(find_encoder(), 512)
    fitting = [
        text for text, length in zip(texts, tokenizer.lengths(texts), strict=True) if length in _TOKENS
    ]
    return fitting[:count]


def _cuts(found: Sequence[Parsed], part: str) -> dict[str, float]:
    times = [getattr(one, part) for one in found[_WARM_UP:]]
    cuts = statistics.quantiles(times, n=20)
    return {"p50": cuts[9], "p95": cuts[18]}


def _archives(run: Run) -> tuple[Path, Path]:
    """Return our archive, and that of Rasa's default pipeline on the same data."""
    model = model_path(ROOT)
    if model.exists() and not run.changes:
        return model, rasa_trained(run, "assistant-diet", HURRIED_DIET, ROOT / "data" / "nlu").path
    rows: list[Example] = part_of(run, corpora.banking77()).train
    pipeline = ours({**RECIPES["banking77"], **run.changes})
    return (
        rasa_trained(run, "banking77-lam", pipeline, rows).path,
        rasa_trained(run, "banking77-hurried-diet", HURRIED_DIET, rows).path,
    )

"""Examples in, the files of a classifier out."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lam.encoder import seal
from lam.encoder.runtime import OnnxModel
from lam.encoder.tokens import AnyTokenizer
from lam.types import Example
from lam.understanding.artifact import KIND, MEMORY, MODEL, VERSION
from lam.understanding.calibration import Judged, calibrate
from lam.understanding.memory import judge, remembered
from lam.understanding.recipe import Recipe
from lam.understanding.spelling import Speller
from lam.understanding.tagging import Scheme
from lam.understanding.training.export import export
from lam.understanding.training.finetune import fine_tune
from lam.understanding.training.split import hold_back
from lam.understanding.training.trainer import Progress


def build(
    folder: Path,
    examples: Sequence[Example],
    recipe: Recipe,
    progress: Callable[[Progress], None] | None = None,
    validation: Sequence[Example] = (),
    state: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> None:
    """Train a model and write all that `IntentClassifier.load` reads; see `IntentClassifier.fit`.

    Args:
        folder: is there, and empty.
    """
    intents = sorted({example.intent for example in examples})
    if len(intents) < 2:
        raise ValueError(f"Expected examples of at least two intents, found {intents}. Add examples.")
    scheme = Scheme(span.label for one in examples for span in one.spans)
    kept, held = hold_back(examples, 0.0 if validation else recipe.validation, recipe.seed)
    judges = [*validation] or [examples[place] for place in held]
    known = [dataclasses.replace(one, spans=()) for one in judges if one.intent in intents]
    model, tokenizer = fine_tune(
        [examples[place] for place in kept], known, intents, scheme, recipe, progress, state, on_epoch
    )
    voting = remembered(examples) if recipe.neighbours else {}
    memory = [examples[place] for place in voting]
    export(model, tokenizer, memory, examples, folder / MODEL)
    tokenizer.save(folder)
    texts = [[one.text, one.intent, one.context] for one in memory]
    (folder / MEMORY).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    own = [None] * len(judges) if validation else [voting.get(place) for place in held]
    places = {intent: place for place, intent in enumerate(intents)}
    labels = [places[one.intent] for one in memory]
    judged = _judged(folder, tokenizer, examples, judges, own, places, recipe)
    temperature, threshold = calibrate(judged, np.array(labels, dtype=np.int64), recipe)
    facts = {
        "intents": intents,
        "entities": scheme.labels,
        "labels": labels,
        "crf": [one.tolist() for one in model.crf.legal()],  # starts, steps, ends
        "recipe": dataclasses.asdict(recipe),
        "temperature": temperature,
        "threshold": threshold,
    }
    seal(folder, KIND, VERSION, facts)


def _judged(
    folder: Path,
    tokenizer: AnyTokenizer,
    examples: Sequence[Example],
    judges: Sequence[Example],
    own: Sequence[int | None],
    places: dict[str, int],
    recipe: Recipe,
) -> list[Judged]:
    """Return what the model gives the texts held back as it will be served, after its words were mended."""
    if recipe.spelling:
        speller = Speller.learn((one.text for one in examples), tokenizer.known_words)
        speller.save(folder)
        judges = [dataclasses.replace(one, text=speller.read(one.text)) for one in judges]
    return judge(OnnxModel(folder / MODEL, tokenizer), judges, own, places)

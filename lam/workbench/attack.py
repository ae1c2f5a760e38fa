"""How well intents are read under attack: at random places, and at the words that the reader leans on."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lam.types import Example
from lam.understanding.noise import Lists, Noise, perturb
from lam.workbench.attack_guided import Read, guided

_GUIDED = "guided"
_Verdicts = dict[tuple[str, str], bool]


@dataclass(frozen=True)
class AttackRow:
    """What one attack did.

    Attributes:
        attack: a noise's name, or "guided".
        edits: its budget for each text.
        examples: how many texts were attacked.
        changed: the share of them in which it found something to edit.
        accuracy: on them, in [0, 1].
        lost: percentage points against the accuracy on the same texts as they were.
    """

    attack: str
    edits: int
    examples: int
    changed: float
    accuracy: float
    lost: float


@dataclass(frozen=True)
class AttackReport:
    """The accuracy in [0, 1] on clean texts, and a row for each attack and budget."""

    examples: int
    seed: int
    clean: float
    rows: tuple[AttackRow, ...]


def attack(
    read: Read,
    examples: Sequence[Example],
    noises: Sequence[Noise] = tuple(Noise),
    edits: Sequence[int] = (1, 2),
    seed: int = 1,
    guided_size: int = 200,
    progress: Callable[[AttackRow], None] | None = None,
) -> AttackReport:
    """Attack a reader with the keys, words and clauses of the test, and count what it still reads.

    The same seed asks the same of every reader, but for the guided attack, which goes by its answers.

    Args:
        read: from texts to their readings, as `IntentClassifier.predict` does it.
        examples: texts with the intents that they mean.
        noises: the random attacks, on all examples.
        edits: the budgets of each attack.
        seed: of all that is drawn.
        guided_size: how many examples, drawn with the seed, the guided attack tries; 0 leaves it out.
        progress: is called with each row.

    Raises:
        ValueError: there are no examples, or a budget is negative.
    """
    if not examples:
        raise ValueError("Expected examples to attack, found none. Give those of a test set.")
    known = _right(read, examples)
    rows = []

    def add(name: str, budget: int, before: Sequence[Example], after: Sequence[Example]) -> None:
        rows.append(_row(name, budget, read, known, before, after))
        if progress:
            progress(rows[-1])

    for noise in noises:
        for budget in edits:
            dice = random.Random(f"{seed} {noise} {budget}")
            add(noise, budget, examples, [perturb(one, noise, budget, dice, Lists.TEST) for one in examples])
    few = random.Random(seed).sample(list(examples), min(guided_size, len(examples)))
    for budget in edits if few else ():
        hit = []
        for place, one in enumerate(few):  # each with dice of its own: how often they are cast varies
            dice = random.Random(f"{seed} {_GUIDED} {budget} {place}")
            hit.append(Example(guided(one.text, one.intent, read, budget, dice), one.intent))
        add(_GUIDED, budget, few, hit)
    return AttackReport(len(examples), seed, _accuracy(known, examples), tuple(rows))


def _row(
    name: str,
    budget: int,
    read: Read,
    known: _Verdicts,
    before: Sequence[Example],
    after: Sequence[Example],
) -> AttackRow:
    changed = [new for old, new in zip(before, after, strict=True) if new.text != old.text]
    clean, accuracy = _accuracy(known, before), _accuracy(known | _right(read, changed), after)
    share = len(changed) / len(before)
    return AttackRow(str(name), budget, len(before), share, accuracy, 100 * (clean - accuracy))


def _right(read: Read, examples: Sequence[Example]) -> _Verdicts:
    """Return for each text and intent whether that is read."""
    readings = read([one.text for one in examples]) if examples else []
    pairs = zip(examples, readings, strict=True)
    return {(one.text, one.intent): reading.intent == one.intent for one, reading in pairs}


def _accuracy(right: _Verdicts, examples: Sequence[Example]) -> float:
    return sum(right[one.text, one.intent] for one in examples) / len(examples)

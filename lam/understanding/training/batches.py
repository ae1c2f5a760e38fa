"""Training examples as a model takes them: tagged rows, and batches of like length in a seeded order."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lam.encoder.tokens import AnyTokenizer, Word
from lam.types import Example
from lam.understanding.noise import Lists, Noise, perturb
from lam.understanding.recipe import Recipe
from lam.understanding.tagging import Scheme

# Batches are cut from windows of so many batches, sorted by length: little padding, yet well mixed.
_WINDOW = 16


@dataclass(frozen=True)
class Row:
    """A training example, ready for the model."""

    example: Example
    intent: int
    words: list[Word]
    tags: list[int]


class Rows:
    """Makes rows of examples, and batches of them.

    Args:
        tokenizer: the encoder's.
        intents: in the order of the model's.
        scheme: the tags.
    """

    def __init__(self, tokenizer: AnyTokenizer, intents: Sequence[str], scheme: Scheme) -> None:
        self.tokenizer = tokenizer
        self._scheme = scheme
        self._places = {intent: place for place, intent in enumerate(intents)}

    def of(self, examples: Sequence[Example]) -> list[Row]:
        """Return a row for each example."""
        words = self.tokenizer.words([one.text for one in examples]) if examples else []
        return [
            Row(one, self._places[one.intent], found, self._scheme.encode(found, one.spans))
            for one, found in zip(examples, words, strict=True)
        ]

    def epoch(
        self, groups: Sequence[Sequence[Row]], recipe: Recipe, number: int
    ) -> list[tuple[list[int], list[Row]]]:
        """Return the batches of an epoch, each the places of its groups and a row of each.

        The same seed and number give the same ones. A text that means the same behind several contexts is
        shown behind one of them, another one each time: all of them would outweigh the rest. A share of the
        rows is disturbed (`noise`), and of those without a context a share gets another row's
        (`stray_contexts`), so that a model learns from what people mistype, and what not to listen to.

        Args:
            groups: of `alike`.
            recipe: the hyperparameters.
            number: of the epoch.
        """
        dice = random.Random(f"{recipe.seed}/{number}")
        contexts = sorted({row.example.context for group in groups for row in group} - {""})
        rows = [dice.choice(group) for group in groups]
        varied = [_varied(row.example, recipe, contexts, dice) for row in rows]
        shown = list(rows)
        changed = [n for n, row in enumerate(rows) if varied[n] is not row.example]
        for n, row in zip(changed, self.of([varied[n] for n in changed]), strict=True):
            shown[n] = row
        lengths = self.tokenizer.lengths(
            [row.example.text for row in shown], [row.example.context for row in shown]
        )
        batches = _places(lengths.tolist(), recipe.batch_size, dice)
        return [(places, [shown[place] for place in places]) for places in batches]

    def inputs(self, rows: Sequence[Row], device: torch.device) -> list[Tensor]:
        """Return the model's inputs for at least one row."""
        return tensors(self.tokenizer, [row.example for row in rows], device)


def tensors(tokenizer: AnyTokenizer, examples: Sequence[Example], device: torch.device) -> list[Tensor]:
    """Return a model's inputs for at least one example, each with its context."""
    tokens = tokenizer([one.text for one in examples], [one.context for one in examples])
    return [torch.from_numpy(one).to(device) for one in tokens.inputs.values()]


def alike(rows: Sequence[Row]) -> list[list[Row]]:
    """Group the rows that are the same but for the context that each has."""
    groups: dict[object, list[Row]] = {}
    for place, row in enumerate(rows):
        one = row.example
        groups.setdefault((one.text, one.intent) if one.context else place, []).append(row)
    return list(groups.values())


def _varied(example: Example, recipe: Recipe, contexts: Sequence[str], dice: random.Random) -> Example:
    if recipe.noise and dice.random() < recipe.noise:
        noise = dice.choice(list(Noise))
        example = perturb(example, noise, dice.choice((1, 1, 2)), dice, Lists.TRAINING)
    if contexts and not example.context and dice.random() < recipe.stray_contexts:
        example = Example(example.text, example.intent, example.spans, dice.choice(contexts))
    return example


def _places(lengths: Sequence[int], size: int, dice: random.Random) -> Iterator[list[int]]:
    order = dice.sample(range(len(lengths)), len(lengths))
    window = size * _WINDOW
    for start in range(0, len(order), window):
        order[start : start + window] = sorted(order[start : start + window], key=lengths.__getitem__)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    dice.shuffle(batches)
    yield from batches

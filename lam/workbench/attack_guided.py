"""An attack on a reader of intents at the words that it leans on."""

import random
import re
from collections.abc import Callable, Sequence

from lam.types import Example, Reading
from lam.understanding.noise import Lists, Noise, perturb

Read = Callable[[Sequence[str]], list[Reading]]
_NOISES = (Noise.TYPO, Noise.SWAP, Noise.DROP, Noise.DOUBLE, Noise.SYNONYM)
_WHOLE_TEXT = (Noise.CASE, Noise.JOIN, Noise.DISTRACTOR)
_TRIES = 4  # of each noise at a word
_WORD = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)*)")


def guided(
    text: str,
    intent: str,
    read: Read,
    edits: int,
    dice: random.Random,
    noises: Sequence[Noise] = _NOISES,
) -> str:
    """Return a text that means the same, edited where a reader is easiest to mislead.

    Words are ranked by how much leaving each out lowers the confidence in the true intent; from the most
    important one on, each gets the edit that lowers it most, until the reading flips or the budget is used.
    After Jin et al., "Is BERT Really Robust?" (TextFooler), AAAI 2020, and Li et al., "TextBugger:
    Generating Adversarial Text Against Real-world Applications", NDSS 2019.

    Args:
        text: what is attacked. It comes back as it is when it is misread already.
        intent: what it means.
        read: from texts to their readings, with the confidence of every intent.
        edits: the budget, never exceeded.
        dice: draws which edits are tried.
        noises: those of letters and words, in the test's lists; they leave the meaning as it is.

    Raises:
        ValueError: the budget is negative, or a noise is none of letters or words.
    """
    if whole := [str(one) for one in noises if one in _WHOLE_TEXT]:
        raise ValueError(f"Expected noises of letters and words, found {whole}. Leave these to `attack`.")
    if edits < 0:
        raise ValueError(f"Expected a budget of 0 edits or more, found {edits}. Ask for 1 or 2.")
    pieces = _WORD.split(text)  # every second one is a word
    state, ranked = _ranked(pieces, intent, read)
    left = edits
    for place, word in enumerate(ranked):
        if not left or not state[0]:
            break
        # Where words are fewer than edits, one takes several.
        share = max(1, left - (len(ranked) - place - 1))
        tries = [_with(pieces, word, one) for one in _tries(pieces[word], share, dice, noises)]
        readings = read(["".join(one) for one in tries]) if tries else []
        states = [_state(one, intent) for one in readings]
        if states and min(states) < state:
            state = min(states)
            pieces = tries[states.index(state)]
            left -= share
    return "".join(pieces)


def _ranked(pieces: Sequence[str], intent: str, read: Read) -> tuple[tuple[bool, float], list[int]]:
    """Return how the text is read, and the places of its words, the most important first."""
    words = range(1, len(pieces), 2)
    hidden = [_with(pieces, word, "") for word in words]
    first, *readings = read(["".join(one) for one in [pieces, *hidden]])
    losses = {word: _state(one, intent)[1] for word, one in zip(words, readings, strict=True)}
    return _state(first, intent), sorted(words, key=losses.__getitem__)


def _with(pieces: Sequence[str], place: int, other: str) -> list[str]:
    return [*pieces[:place], other, *pieces[place + 1 :]]


def _tries(word: str, edits: int, dice: random.Random, noises: Sequence[Noise]) -> list[str]:
    """Return what a word may become, in the order drawn."""
    example = Example(word, "")
    tries = [perturb(example, one, edits, dice, Lists.TEST).text for one in noises for _ in range(_TRIES)]
    return [one for one in dict.fromkeys(tries) if one != word]


def _state(reading: Reading, intent: str) -> tuple[bool, float]:
    """Return whether the intent is read, and how sure: the less of it, the better an attack."""
    return reading.intent == intent, dict(reading.ranking).get(intent, 0.0)

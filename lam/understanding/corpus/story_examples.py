"""From what users say in stories to labelled examples: which words, and which of them are safe to learn."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lam.places import Located, Place
from lam.types import Example

# What a step with an intent alone gives. A long sentence is complete in itself: no turn of the bot changes
# what it means, and there is nothing to learn from it.
_DRAWN, _MOST_WORDS, _MOST_LETTERS = 3, 4, 30


@dataclass(frozen=True)
class Answer:
    """What a user says in a story.

    Attributes:
        turns: what the bot may have said before.
        intent: as the story has it; empty where it has a text alone.
        said: the text and its entities; None where the story has an intent alone.
        labels: of the entities that the story names beside the intent.
        place: where it stands.
    """

    turns: tuple[str, ...]
    intent: str
    said: Example | None
    labels: frozenset[str]
    place: Place


def story_examples(answers: Sequence[Answer], known: Sequence[Example], seed: int) -> list[Located]:
    """Return an example for each turn and each text of answers, those first that the stories have themselves.

    Args:
        answers: in the order of the stories.
        known: labelled examples; none of them is returned again.
        seed: of what is drawn from them.
    """
    index = _Known(known)
    found: dict[Example, Place] = {}
    for one in answers:
        for example in index.written(one):
            found.setdefault(example, one.place)
    index.add(found)
    for one in answers:
        for example in index.drawn(one, seed):
            found.setdefault(example, one.place)
    return list(found.items())


class _Known:
    """What labelled examples say of words."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = frozenset(examples)
        self._intents = {one.intent for one in examples}
        self._meanings: dict[str, set[str]] = defaultdict(set)
        for one in examples:
            self._meanings[_plain(one.text)].add(one.intent)
        self._behind = {(_plain(one.text), _plain(one.context)) for one in examples}
        self._short = _short(one for one in examples if not one.context)

    def add(self, examples: Iterable[Example]) -> None:
        """Learn what else is labelled: nothing is drawn against it."""
        self._behind.update((_plain(one.text), _plain(one.context)) for one in examples)

    def written(self, answer: Answer) -> Iterator[Example]:
        """Yield what the story itself says."""
        if answer.said is None:
            return
        meanings = self._meanings.get(_plain(answer.said.text), set())
        intent = answer.intent or ("".join(meanings) if len(meanings) == 1 else "")
        if intent in self._intents:
            examples = (replace(answer.said, intent=intent, context=turn) for turn in answer.turns)
            yield from (one for one in examples if one not in self._examples)

    def drawn(self, answer: Answer, seed: int) -> Iterator[Example]:
        """Yield a few short examples of the intent: those with just the entities that the story names."""
        if answer.said is not None:
            return
        able = self._short.get((answer.intent, answer.labels), [])
        for turn in answer.turns:
            free = [one for one in able if (_plain(one.text), _plain(turn)) not in self._behind]
            dice = random.Random(f"{seed}/{answer.intent}/{turn}")
            for one in dice.sample(free, min(_DRAWN, len(free))):
                yield replace(one, context=turn)


def _short(examples: Iterable[Example]) -> dict[tuple[str, frozenset[str]], list[Example]]:
    """Return the short texts of each intent and set of entities; those that have two intents are left out."""
    texts: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        if len(one.text) <= _MOST_LETTERS and len(one.text.split()) <= _MOST_WORDS:
            texts[_plain(one.text)].append(one)
    found: dict[tuple[str, frozenset[str]], list[Example]] = defaultdict(list)
    for same in texts.values():
        if len({one.intent for one in same}) == 1:
            found[same[0].intent, frozenset(span.label for span in same[0].spans)].append(same[0])
    return dict(found)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

"""Why a text is read as it is: the words that made its intent, the examples near it, what the context did."""

import re
from dataclasses import dataclass

from lam.types import Reading
from lam.understanding.classifier import IntentClassifier

# Inner punctuation belongs to a word (o'brien, 50.20); a run of other signs, an emoji say, is one of its own.
_WORD = re.compile(r"\w+(?:[^\w\s]\w+)*|[^\w\s]+")
_MOST_WORDS = 100


@dataclass(frozen=True)
class WordWeight:
    """A word, `text[start:end]`, and what the confidence in the intent falls by without it; in [-1, 1]."""

    word: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Neighbour:
    """A training example, with the cosine between it and the text; in [-1, 1]."""

    text: str
    intent: str
    context: str
    cosine: float


@dataclass(frozen=True)
class Explanation:
    """Why a text is read as it is. `dataclasses.asdict` of it is JSON.

    Attributes:
        text: what was said.
        context: the bot's turn before it; empty: there was none.
        intent: the best one; None for a blank text, of which nothing else is known either.
        confidence: how sure it is, in [0, 1].
        outside: whether the text looks like nothing that the model was trained for.
        words: in the order of the text.
        untried: how many words stand behind the last of them.
        nearest: training examples, the nearest first.
        without_context: the best intent and its confidence when the context is left out; None without one.
    """

    text: str
    context: str
    intent: str | None
    confidence: float
    outside: bool
    words: tuple[WordWeight, ...]
    untried: int
    nearest: tuple[Neighbour, ...]
    without_context: tuple[str, float] | None


def explain(classifier: IntentClassifier, text: str, context: str = "") -> Explanation:
    """Return why a text is read as it is; of a blank one, nothing.

    Each of the first hundred words is left out in turn: it weighs what the confidence in the intent falls by.
    Li, Monroe and Jurafsky, "Understanding Neural Networks through Representation Erasure", 2016.

    Args:
        classifier: that reads it.
        text: what was said.
        context: the bot's turn before it.
    """
    (reading,) = classifier.predict([text], contexts=[context])
    if reading.intent is None:
        return Explanation(text, context, None, 0.0, False, (), 0, (), None)
    words = list(_WORD.finditer(text))
    tried = words[:_MOST_WORDS]
    # The whole text is among them: a batch rounds otherwise than a text alone.
    texts = [text, *(text[: one.start()] + text[one.end() :] for one in tried)]
    whole, *others = classifier.predict(texts, contexts=[context] * len(texts))
    full = _confidence(whole, reading.intent)
    weights = tuple(
        WordWeight(one.group(), one.start(), one.end(), full - _confidence(other, reading.intent))
        for one, other in zip(tried, others, strict=True)
    )
    without = None
    if context:
        (alone,) = classifier.predict([text], limit=1)
        without = alone.ranking[0]
    near = tuple(
        Neighbour(one.text, one.intent, one.context, cosine)
        for one, cosine in classifier.nearest(text, context)
    )
    best, sure, outside = reading.intent, reading.confidence, reading.outside
    untried = len(words) - len(tried)
    return Explanation(text, context, best, sure, outside, weights, untried, near, without)


def _confidence(reading: Reading, intent: str) -> float:
    return dict(reading.ranking).get(intent, 0.0)

"""The training examples that a served model remembers: which these are, and what it says without some."""

from collections.abc import Sequence

from lam.encoder.runtime import OnnxModel, Outputs
from lam.types import Example
from lam.understanding.calibration import Judged

_SIMILARITIES = "similarities"


def remembered(examples: Sequence[Example]) -> dict[int, int]:
    """Return the places of the examples that vote, each with its place among those.

    A text that means the same behind several contexts votes once.
    """
    kept: dict[object, int] = {}
    for place, one in enumerate(examples):
        kept.setdefault((one.text, one.intent) if one.context else place, place)
    return {place: number for number, place in enumerate(kept.values())}


def without(outputs: Outputs, places: Sequence[int]) -> Outputs:
    """Return what a model gives a text when some of the examples that vote are as far from it as can be.

    Args:
        outputs: of the text.
        places: of these examples among those that vote.
    """
    similarities = outputs.get(_SIMILARITIES)
    if similarities is None or not places:
        return outputs
    similarities = similarities.copy()
    similarities[list(places)] = -1
    return outputs | {_SIMILARITIES: similarities}


def judge(
    model: OnnxModel, examples: Sequence[Example], own: Sequence[int | None], intents: dict[str, int]
) -> list[Judged]:
    """Return what the served model gives validation texts; none is a neighbour of itself.

    Args:
        model: with the memory.
        examples: the texts; those of unknown intents are outside.
        own: the place of each one among those that vote, None when it is not there.
        intents: the place of each.
    """
    if not examples:
        return []
    given = model([one.text for one in examples], [one.context for one in examples])
    outputs = [
        without(one, [] if itself is None else [itself]) for one, itself in zip(given, own, strict=True)
    ]
    return [
        Judged(found["intents"], found.get(_SIMILARITIES), intents.get(one.intent))
        for one, found in zip(examples, outputs, strict=True)
    ]

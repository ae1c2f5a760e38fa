"""What a report tells: figures of readings, and the texts behind the worst confusions."""

from collections.abc import Sequence
from dataclasses import dataclass

from lam.types import Example, Reading
from lam.understanding.calibration import calibration_error, reliability
from lam.understanding.evaluate import Evaluation, Score, evaluate, span_score

_WORST, _TEXTS = 20, 3
#: What to show where no intent was read; the figures have an empty one.
NOTHING = "(none)"


@dataclass(frozen=True)
class Confusion:
    """An intent that was read as another one.

    Attributes:
        meant: the intent.
        read: what it was read as; empty where nothing was read.
        times: how often.
        texts: up to three of them as (text, the bot's turn before, confidence), the surest first.
    """

    meant: str
    read: str
    times: int
    texts: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Report:
    """How well texts were read.

    Attributes:
        title: what was measured.
        texts: how many.
        evaluation: of the intents.
        macro_f1: the mean of the intents' F1.
        calibration_error: in [0, 1].
        reliability: (share of the texts, mean confidence, accuracy) of each bin of confidence.
        outside: the share of the texts that were read as outside of what the model was trained for.
        worst: the most frequent confusions.
        entities: the score of each label; empty when no text has entities.
        all_entities: the score of all labels together; None when no text has entities.
    """

    title: str
    texts: int
    evaluation: Evaluation
    macro_f1: float
    calibration_error: float
    reliability: tuple[tuple[float, float, float], ...]
    outside: float
    worst: tuple[Confusion, ...]
    entities: dict[str, Score]
    all_entities: Score | None


def gather(examples: Sequence[Example], readings: Sequence[Reading], title: str) -> Report:
    """Compare examples with their readings.

    Raises:
        ValueError: the two differ in length, or there is nothing to compare.
    """
    evaluation = evaluate([one.intent for one in examples], [one.intent for one in readings])
    sure = [one.confidence for one in readings]
    right = [one.intent == example.intent for example, one in zip(examples, readings, strict=True)]
    meant, found = [one.spans for one in examples], [one.spans for one in readings]
    labels = sorted({span.label for spans in (*meant, *found) for span in spans}) if any(meant) else []
    return Report(
        title=title,
        texts=len(examples),
        evaluation=evaluation,
        macro_f1=sum(one.f1 for one in evaluation.intents.values()) / len(evaluation.intents),
        calibration_error=calibration_error(sure, right),
        reliability=tuple(reliability(sure, right)),
        outside=sum(one.outside for one in readings) / len(readings),
        worst=_worst(evaluation, examples, readings),
        entities={
            label: span_score(
                *([[one for one in spans if one.label == label] for spans in side] for side in (meant, found))
            )
            for label in labels
        },
        all_entities=span_score(meant, found) if labels else None,
    )


def _worst(
    evaluation: Evaluation, examples: Sequence[Example], readings: Sequence[Reading]
) -> tuple[Confusion, ...]:
    texts: dict[tuple[str, str], list[tuple[str, str, float]]] = {}
    for example, one in zip(examples, readings, strict=True):
        found = texts.setdefault((example.intent, one.intent or ""), [])
        found.append((example.text, example.context, one.confidence))
    return tuple(
        Confusion(meant, read, times, tuple(sorted(texts[meant, read], key=lambda text: -text[2])[:_TEXTS]))
        for meant, read, times in evaluation.confusions[:_WORST]
    )

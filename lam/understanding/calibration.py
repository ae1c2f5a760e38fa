"""How sure a model may say that it is: temperature, calibration error, and where the unknown begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lam.understanding.neighbours import Floats, softmax, vote
from lam.understanding.recipe import Recipe

# Fewer texts say nothing of the rare ones among them.
_ENOUGH = 50
_TEMPERATURES = np.geomspace(0.1, 5.0, 80)


@dataclass(frozen=True)
class Judged:
    """A validation text: what the model gave it, and what it means.

    Attributes:
        scores: of the intents. Shape: (intents,)
        similarities: cosines with the examples that were trained on, or None without any. Shape: (examples,)
        intent: the true one's place; None when it is none of the model's.
    """

    scores: Floats
    similarities: Floats | None
    intent: int | None


def calibrate(
    judged: Sequence[Judged], labels: npt.NDArray[np.int64], recipe: Recipe
) -> tuple[float, float | None]:
    """Return the temperature of the shares, and the scope below which a text is outside.

    The threshold lets the recipe's share of the texts through that belong to an intent. Too few texts say
    nothing: then the temperature is the recipe's, and there is no threshold.
    """
    known = [one for one in judged if one.intent is not None]
    if len(known) < _ENOUGH:
        return recipe.temperature, None
    temperature = fit_temperature(known, labels, recipe.neighbours, recipe.neighbour_weight)
    scopes = [scope_of(one.scores, recipe.cosine_scale) for one in known]
    return temperature, float(np.quantile(scopes, 1 - recipe.scope_kept))


def scope_of(scores: Floats, scale: float) -> float:
    """Return how much a text looks like what the model was trained for: the cosine with its best intent.

    On CLINC150's validation texts it tells those of no intent apart better than confidence, the nearest
    example, energy or Mahalanobis distance do (docs/benchmarks.md).

    Args:
        scores: of the intents, which are cosines times `scale`. Shape: (intents,)
        scale: `cosine_scale` of the recipe.
    """
    return float(scores.max()) / scale


def blend(
    scores: Floats, votes: Floats | None, temperature: float, weight: float
) -> npt.NDArray[np.floating[Any]]:
    """Return each intent's share: the head's at a temperature, and the neighbours' votes by their weight.

    Shape: (intents,), or (texts, intents) throughout.
    """
    shares = softmax(scores / temperature)
    return shares if votes is None else shares + weight * (votes - shares)


def fit_temperature(
    judged: Sequence[Judged], labels: npt.NDArray[np.int64], neighbours: int, weight: float
) -> float:
    """Return the temperature at which the true intents of validation texts are likeliest.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; here of head and votes together.

    Args:
        judged: at least one text.
        labels: the intent of each example that votes. Shape: (examples,)
        neighbours: how many vote.
        weight: what they count against the head.
    """
    scores = np.stack([one.scores for one in judged])
    votes = None
    if judged[0].similarities is not None:
        intents = scores.shape[1]
        votes = np.stack(
            [
                vote(one.similarities, labels, intents, neighbours)
                for one in judged
                if one.similarities is not None
            ]
        )
    rows, true = np.arange(len(judged)), np.array([one.intent for one in judged])

    def loss(temperature: float) -> float:
        shares = blend(scores, votes, temperature, weight)[rows, true]
        return float(-np.log(np.maximum(shares, 1e-6)).mean())

    return float(min(_TEMPERATURES, key=loss))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """Return the expected calibration error, in [0, 1]: how far confidence is from accuracy.

    Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015.
    """
    return sum(
        share * abs(confidence - accuracy)
        for share, confidence, accuracy in reliability(confidences, right, bins)
    )


def reliability(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 15
) -> list[tuple[float, float, float]]:
    """Return (share of the texts, mean confidence, accuracy) of each bin of confidence that has texts."""
    sure, hits = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        (float(inside.mean()), float(sure[inside].mean()), float(hits[inside].mean()))
        for inside in (places == number for number in range(bins))
        if inside.any()
    ]

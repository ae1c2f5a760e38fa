"""What a search varies: keys of a recipe, and the values that each may take."""

import dataclasses
import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lam.encoder import find_encoder
from lam.encoder.factory import BILSTM
from lam.understanding.recipe import Recipe
from lam.workbench.terminal import CommandError

if TYPE_CHECKING:
    import optuna

Value = int | float


@dataclass(frozen=True)
class Dimension:
    """A key of a recipe that a search varies.

    Attributes:
        key: of the recipe; whole numbers are drawn where its own value is one.
        low, high: the ends of the range.
        log: whether values are drawn evenly by their logarithm.
        choices: the only values, in place of a range.
    """

    key: str
    low: Value = 0
    high: Value = 0
    log: bool = False
    choices: tuple[Value, ...] = ()

    def around(self, value: Value) -> "Dimension":
        """Return the dimension with a value in it, so that a search can begin there."""
        if self.choices:
            return dataclasses.replace(self, choices=tuple(sorted({*self.choices, value})))
        return dataclasses.replace(self, low=min(self.low, value), high=max(self.high, value))

    def draw(self, trial: "optuna.trial.BaseTrial") -> Value:
        """Return what a trial is to try, or has tried; fractions have three digits, as they are printed."""
        if self.choices:
            return trial.suggest_categorical(self.key, self.choices)
        if isinstance(getattr(Recipe, self.key), int):
            return trial.suggest_int(self.key, int(self.low), int(self.high), log=self.log)
        return float(f"{trial.suggest_float(self.key, self.low, self.high, log=self.log):.3g}")


#: What `lam understand tune` varies. A recipe whose own value lies elsewhere widens the range.
SPACE = (
    Dimension("encoder_learning_rate", 2e-5, 1e-3, log=True),
    Dimension("head_learning_rate", 5e-4, 2e-2, log=True),
    Dimension("batch_size", choices=(16, 32, 64)),
    Dimension("epochs", 2, 8),
    Dimension("dropout", 0.0, 0.3),
    Dimension("word_dropout", 0.0, 0.3),
    Dimension("label_smoothing", 0.0, 0.2),
    Dimension("noise", 0.0, 0.5),
    Dimension("cosine_scale", 8.0, 40.0, log=True),
    Dimension("frozen_layers", 0, 4),
    Dimension("neighbours", 1, 15),
    Dimension("neighbour_weight", 0.0, 0.9),
)


def search_space(recipe: Recipe, keys: Sequence[str] = ()) -> tuple[Dimension, ...]:
    """Return what a search varies about a recipe.

    Args:
        recipe: where the search begins.
        keys: to vary; all that the encoder has a use for when left out.

    Raises:
        CommandError: a key is none that can be searched, or the encoder has no use for it.
        EncoderError: there is no such encoder.
    """
    layers = _layers(recipe.encoder)
    usable = {
        one.key: dataclasses.replace(one, high=min(one.high, layers)) if one.key == "frozen_layers" else one
        for one in SPACE
        if layers or one.key != "frozen_layers"
    }
    for key in keys:
        if key not in usable:
            near = difflib.get_close_matches(key, usable, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Take one of {', '.join(usable)}."
            raise CommandError(
                f"--search: expected a key that can be searched for {recipe.encoder}, found {key!r}. {hint}"
            )
    chosen = [one for key, one in usable.items() if not keys or key in keys]
    return tuple(one.around(getattr(recipe, one.key)) for one in chosen)


def _layers(encoder: str) -> int:
    """Return how many layers of an encoder may be frozen; the last one is always to learn."""
    if encoder == BILSTM:
        return 0
    config = json.loads((find_encoder(encoder) / "config.json").read_text(encoding="utf-8"))
    return int(config.get("num_hidden_layers", 1)) - 1

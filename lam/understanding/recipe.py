"""How the encoder is fine-tuned: every number of it, checked."""

from dataclasses import dataclass, fields
from typing import Any

from lam.encoder import DEFAULT


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a fine-tune. The defaults suit ten thousand sentences; fewer want more epochs."""

    encoder: str = DEFAULT
    epochs: int = 6
    batch_size: int = 32
    encoder_learning_rate: float = 1e-4
    head_learning_rate: float = 2e-3
    warmup: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    # The share of tokens that are hidden while training: no single word may carry a reading.
    word_dropout: float = 0.1
    label_smoothing: float = 0.1
    # The lowest layers stay as pre-trained, with the word vectors below them: the more, the less time it
    # takes, and words that training lacks keep their place.
    frozen_layers: int = 0
    max_length: int = 96
    # Scores of intents are cosines times this.
    cosine_scale: float = 20.0
    temperature: float = 1.0
    # What finding entities counts against reading intents, where examples have any.
    entity_weight: float = 1.0
    # How many of the nearest training examples vote, and what their vote counts against the head's.
    neighbours: int = 5
    neighbour_weight: float = 0.5
    seed: int = 1

    def __post_init__(self) -> None:
        for name in (
            "epochs", "batch_size", "encoder_learning_rate", "head_learning_rate",
            "cosine_scale", "temperature",
        ):  # fmt: skip
            self._expect(getattr(self, name) > 0, name, "a number above 0")
        for name in ("warmup", "dropout", "word_dropout", "label_smoothing", "neighbour_weight"):
            self._expect(0 <= getattr(self, name) < 1, name, "a share from 0 to below 1")
        for name in ("weight_decay", "entity_weight", "neighbours", "frozen_layers"):
            self._expect(getattr(self, name) >= 0, name, "0 or more")
        self._expect(8 <= self.max_length <= 512, "max_length", "8 to 512 tokens")

    def _expect(self, ok: bool, name: str, expected: str) -> None:
        if not ok:
            raise ValueError(f"{name}: expected {expected}, found {getattr(self, name)!r}.")

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Recipe":
        """Make a recipe of the keys that are its own; others are left alone."""
        return cls(**{field.name: config[field.name] for field in fields(cls) if field.name in config})

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
    label_smoothing: float = 0.1
    max_length: int = 96
    temperature: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "encoder_learning_rate", "head_learning_rate", "temperature"):
            self._expect(getattr(self, name) > 0, name, "a number above 0")
        for name in ("warmup", "dropout", "label_smoothing"):
            self._expect(0 <= getattr(self, name) < 1, name, "a share from 0 to below 1")
        self._expect(8 <= self.max_length <= 512, "max_length", "8 to 512 tokens")

    def _expect(self, ok: bool, name: str, expected: str) -> None:
        if not ok:
            raise ValueError(f"{name}: expected {expected}, found {getattr(self, name)!r}.")

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Recipe":
        """Make a recipe of the keys that are its own; others are left alone."""
        return cls(**{field.name: config[field.name] for field in fields(cls) if field.name in config})

"""How the encoder is fine-tuned: every number of it, checked."""

from dataclasses import dataclass, fields
from typing import Any

from lam.encoder import DEFAULT


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a training. The defaults suit ten thousand sentences; fewer want more epochs.

    `encoder: bilstm` is trained from scratch on the words and characters of the examples; any other name is
    that of a pre-trained encoder.
    """

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
    # The rank of the adapters that learn in place of the encoder's own weights, so that a large encoder fits
    # into memory (LoRA); 0: the weights learn.
    lora_rank: int = 0
    max_length: int = 96
    # Scores of intents are cosines times this.
    cosine_scale: float = 20.0
    # Of the shares that scores become, where there are no texts held back to fit it on.
    temperature: float = 1.0
    # What finding entities counts against reading intents, where examples have any.
    entity_weight: float = 1.0
    # How many of the nearest training examples vote, and what their vote counts against the head's.
    neighbours: int = 5
    neighbour_weight: float = 0.5
    # The share of the texts read well already that is skipped between the first epoch and the last one.
    skip_easy: float = 0.0
    # The share of the examples that is held back to stop early and to fit temperature and threshold on. They
    # still vote as neighbours.
    validation: float = 0.03
    # Stop after so many epochs without a better accuracy on them; 0: never.
    patience: int = 0
    # The threshold lets this share of them through as what the model was trained for.
    scope_kept: float = 0.97
    # Adversarial training on embeddings, none, fgm or pgd: how far they move, as a share of their length, and
    # in how many steps (pgd).
    adversarial: str = "none"
    adversarial_radius: float = 0.1
    adversarial_steps: int = 3
    # The share of texts that are disturbed while training: typos, homophones, chatter.
    noise: float = 0.3
    # Whether words that nobody knows are read as the training words that they are near to.
    spelling: bool = True
    # The share of texts without a context that are shown with one that has nothing to do with them, where the
    # examples have contexts.
    stray_contexts: float = 0.2
    seed: int = 1

    def __post_init__(self) -> None:
        for name in (
            "epochs", "batch_size", "encoder_learning_rate", "head_learning_rate",
            "cosine_scale", "temperature", "adversarial_radius", "adversarial_steps",
        ):  # fmt: skip
            self._expect(getattr(self, name) > 0, name, "a number above 0")
        for name in (
            "warmup", "dropout", "word_dropout", "label_smoothing", "neighbour_weight", "skip_easy",
            "validation",
        ):  # fmt: skip
            self._expect(0 <= getattr(self, name) < 1, name, "a share from 0 to below 1")
        for name in ("noise", "stray_contexts", "scope_kept"):
            self._expect(0 <= getattr(self, name) <= 1, name, "a share from 0 to 1")
        for name in ("weight_decay", "entity_weight", "neighbours", "frozen_layers", "lora_rank", "patience"):
            self._expect(getattr(self, name) >= 0, name, "0 or more")
        self._expect(self.adversarial in ("none", "fgm", "pgd"), "adversarial", "none, fgm or pgd")
        self._expect(8 <= self.max_length <= 512, "max_length", "8 to 512 tokens")

    def _expect(self, ok: bool, name: str, expected: str) -> None:
        if not ok:
            raise ValueError(f"{name}: expected {expected}, found {getattr(self, name)!r}.")

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Recipe":
        """Make a recipe of the keys that are its own; others are left alone."""
        return cls(**{field.name: config[field.name] for field in fields(cls) if field.name in config})

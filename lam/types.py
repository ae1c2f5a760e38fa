"""Small frozen types that cross a folder's border."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A stretch of a text that names something: `text[start:end]`, and what it stands for."""

    start: int
    end: int
    label: str
    value: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(
                f"Span {self.label!r}: expected 0 <= start < end, found {self.start} and {self.end}."
            )


@dataclass(frozen=True)
class Reading:
    """What a text means.

    Attributes:
        ranking: intents with their confidence in [0, 1], best first.
        spans: its entities.
        scope: how much it looks like what the model was trained for; the higher, the more.
        outside: whether that is too little.
    """

    ranking: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...] = ()
    scope: float = 0.0
    outside: bool = False

    @property
    def intent(self) -> str | None:
        """The best intent."""
        return self.ranking[0][0] if self.ranking else None

    @property
    def confidence(self) -> float:
        """How sure the best intent is."""
        return self.ranking[0][1] if self.ranking else 0.0


@dataclass(frozen=True)
class Example:
    """A labelled text: its intent, its entities, and the bot's turn before it where that matters."""

    text: str
    intent: str
    spans: tuple[Span, ...] = ()
    context: str = ""

"""What every encoder is to the models above it."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class BaseEncoder(nn.Module, ABC):
    """Maps a tokenizer's inputs to a vector a token, and one for the text.

    Attributes:
        width: of the vectors.
    """

    width: int

    @property
    @abstractmethod
    def embeddings(self) -> nn.Module:
        """The layer whose output adversarial training moves. Shape of it: (batch, length, its width)"""

    @abstractmethod
    def freeze(self, layers: int) -> None:
        """Keep the lowest layers as they are, and all that they read; nothing when there are none.

        Raises:
            ValueError: the encoder hasn't so many layers.
        """

    @abstractmethod
    def adapt(self, rank: int) -> None:
        """Let adapters of a rank learn in place of the weights of all layers that aren't frozen; 0: none.

        Raises:
            EncoderError: the package that they need is missing.
            ValueError: the encoder can't have adapters.
        """

    @abstractmethod
    def settle(self) -> None:
        """Keep what adapters have learned as plain weights: training is over."""

    @abstractmethod
    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return a vector a token, and the mean of those of the text itself, without its context's.

        Shape of the inputs: as `lam.encoder.tokens.Tokens` has them; of the results: (batch, length, width)
        and (batch, width).
        """

"""An encoder that is trained from scratch: a bidirectional LSTM over words and how they are spelled."""

import math

import torch
from torch import Tensor, nn

from lam.encoder.base import BaseEncoder
from lam.encoder.dropout import Dropout
from lam.encoder.tokens import PADDING, TEXT
from lam.encoder.vocabulary import HIDDEN, UNKNOWN


class BiLstmEncoder(BaseEncoder):
    """Reads words from both sides: a vector a token, and their mean for the text.

    Lample et al., "Neural Architectures for Named Entity Recognition", NAACL 2016; the letters of a word are
    read by a convolution, which trains faster than their LSTM does, as in Ma and Hovy, "End-to-end Sequence
    Labeling via Bi-directional LSTM-CNNs-CRF", ACL 2016.

    Args:
        words: the number of ids of words (of `lam.encoder.vocabulary`).
        letters: the number of ids of letters.
        word_width: of a word's vector.
        letter_width: of a letter's vector.
        spelling_width: of the vector of a word's letters.
        hidden: the width of each direction.
        layers: of the LSTM, at least one.
        dropout: the share of the values below each layer that is zeroed while training.
        unknown: the share of the words that are unknown while training, so that their letters count, too.
    """

    def __init__(
        self,
        words: int,
        letters: int,
        word_width: int = 128,
        letter_width: int = 32,
        spelling_width: int = 64,
        hidden: int = 192,
        layers: int = 1,
        dropout: float = 0.3,
        unknown: float = 0.1,
    ) -> None:
        super().__init__()
        if layers < 1:
            raise ValueError(f"layers: expected at least 1, found {layers}. Leave it out for the default.")
        self.width = 2 * hidden
        self._embeddings = _Embeddings(words, letters, word_width, letter_width, spelling_width, unknown)
        widths = [word_width + spelling_width] + [self.width] * (layers - 1)
        self._layers = nn.ModuleList(_BothWays(width, hidden) for width in widths)
        self._dropout = Dropout(dropout)

    @property
    def embeddings(self) -> nn.Module:
        return self._embeddings

    def freeze(self, layers: int) -> None:
        if layers > 0:
            raise ValueError(
                f"frozen_layers: expected at most 0 here, found {layers}. "
                "Nothing of this encoder is pre-trained; leave it out."
            )

    def adapt(self, rank: int) -> None:
        if rank > 0:
            raise ValueError(
                f"lora_rank: expected 0 here, found {rank}. "
                "Nothing of this encoder is pre-trained; leave it out."
            )

    def settle(self) -> None:
        return None  # it has no adapters

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        ids, mask, chars = inputs
        places = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        lengths = (mask != PADDING).sum(1, keepdim=True)
        mirrored = torch.where(places < lengths, lengths - 1 - places, places)
        hidden = self._embeddings(ids, chars)
        for layer in self._layers:
            hidden = layer(self._dropout(hidden), mirrored)
        weights = (mask == TEXT).unsqueeze(-1).to(hidden.dtype)
        pooled: Tensor = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        return hidden, pooled


class _Embeddings(nn.Module):
    """A word's own vector, followed by one of its letters."""

    def __init__(
        self,
        words: int,
        letters: int,
        word_width: int,
        letter_width: int,
        spelling_width: int,
        unknown: float,
    ) -> None:
        super().__init__()
        self.words = _table(words, word_width)
        self.letters = _table(letters, letter_width)
        self.spelling = nn.Conv1d(letter_width, spelling_width, kernel_size=3, padding=1)
        self._unknown = unknown

    def forward(self, ids: Tensor, chars: Tensor) -> Tensor:
        """Shape: (batch, length), (batch, length, letters) to (batch, length, width)."""
        # A word that a training hides is not to be read from its letters.
        chars = chars.masked_fill((ids == HIDDEN).unsqueeze(2), 0)
        if self.training:
            ids = self._forget(ids)
        batch, length, letters = chars.shape
        flat = chars.view(batch * length, letters)
        windows = self.spelling(self.letters(flat).transpose(1, 2)).relu()
        # Nothing is below zero: the places after a word, which its neighbours make, never are the highest.
        spelled = (windows * (flat != 0).unsqueeze(1)).amax(2).view(batch, length, -1)
        return torch.cat([self.words(ids), spelled], dim=2)

    def _forget(self, ids: Tensor) -> Tensor:
        chosen = (torch.rand(ids.shape, device=ids.device) < self._unknown) & (ids > HIDDEN)
        return ids.masked_fill(chosen, UNKNOWN)


class _BothWays(nn.Module):
    """A layer: one LSTM reads a text forwards, another one backwards.

    The second one gets each text mirrored within its own length, so that it starts at the text's last word.
    Packed sequences would do the same; but the ONNX exporter warns of them in terms that nobody can act on,
    and in bf16 on a CPU they train more slowly.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(width, hidden, batch_first=True)
        self.backwards = nn.LSTM(width, hidden, batch_first=True)

    def forward(self, values: Tensor, mirrored: Tensor) -> Tensor:
        """Shape: (batch, length, width) and (batch, length), the places from the end, to (…, 2 · hidden)."""
        places = mirrored.unsqueeze(2)
        ahead, _ = self.forwards(values)
        back, _ = self.backwards(values.gather(1, places.expand_as(values)))
        return torch.cat([ahead, back.gather(1, places.expand_as(back))], dim=2)


def _table(rows: int, width: int) -> nn.Embedding:
    table = nn.Embedding(rows, width, padding_idx=0)
    with torch.no_grad():
        table.weight[1:].uniform_(-math.sqrt(3 / width), math.sqrt(3 / width))
    return table

"""The Large Action Model as a torch module: one encoder under a head for intents and one for entities."""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lam.encoder.base import BaseEncoder
from lam.encoder.dropout import Dropout
from lam.understanding.recipe import Recipe
from lam.understanding.tagging import Scheme
from lam.understanding.training.crf import LinearChainCrf


class JointModel(nn.Module):
    """One encoder under two heads: intents from the text's vector, tags under a CRF from the tokens'.

    Args:
        encoder: gives a vector a token, and one for the text.
        intents: how many there are.
        scheme: the tags.
        recipe: the hyperparameters.
    """

    def __init__(self, encoder: BaseEncoder, intents: int, scheme: Scheme, recipe: Recipe) -> None:
        super().__init__()
        self.encoder = encoder
        self.width = encoder.width
        self.dropout = Dropout(recipe.dropout)
        self.head = nn.Linear(self.width, intents, bias=False)
        parametrize.register_parametrization(self.head, "weight", _Directions(recipe.cosine_scale))
        self.tagger = nn.Linear(self.width, len(scheme.tags))
        self.crf = LinearChainCrf(scheme)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores of intents, scores of tags, and the text's vector of length 1.

        Shape of the inputs: as `lam.encoder.tokens.Tokens` has them; of the results: (batch, intents),
        (batch, length, tags), (batch, width).
        """
        hidden, pooled = self.encoder(*inputs)
        vector = nn.functional.normalize(self.dropout(pooled).float(), dim=1)
        return self.head(vector), self.tagger(self.dropout(hidden)), vector

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return self.tagger.weight.device

    def imprint(self, vectors: Tensor, labels: Tensor) -> None:
        """Start each intent's direction at the mean of its examples' vectors.

        Qi et al., "Low-Shot Learning with Imprinted Weights", CVPR 2018.
        Shape: (examples, width), (examples,)
        """
        with torch.no_grad():
            sums = torch.zeros_like(self.head.weight).index_add_(0, labels, vectors)
            directions = self.head.get_parameter("parametrizations.weight.original")
            directions.copy_(nn.functional.normalize(sums, dim=1))

    def settle(self) -> None:
        """Keep the head's directions, and what adapters have learned, as plain weights: training is over."""
        self.encoder.settle()
        parametrize.remove_parametrizations(self.head, "weight")


class _Directions(nn.Module):
    """An intent is a direction: a text scores it by their scaled cosine, which is how neighbours vote, too.

    Gidaris and Komodakis, "Dynamic Few-Shot Visual Learning without Forgetting", CVPR 2018.
    """

    def __init__(self, scale: float) -> None:
        super().__init__()
        self._scale = scale

    def forward(self, weight: Tensor) -> Tensor:
        return self._scale * nn.functional.normalize(weight, dim=1)


def has_bf16(device: torch.device) -> bool:
    """Whether the device computes in bf16 itself; where it is emulated, float32 is faster."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))

"""A linear-chain conditional random field over BIO tags, for training."""

import torch
from torch import Tensor, nn

from lam.understanding.tagging import Scheme

# Stands for "impossible" where minus infinity would make gradients undefined.
_NEVER = -1e4


class LinearChainCrf(nn.Module):
    """Scores of starts, steps and ends of tags; illegal ones can't be learned.

    Lafferty, McCallum and Pereira, "Conditional Random Fields", ICML 2001.
    """

    _no_start: Tensor
    _no_step: Tensor

    def __init__(self, scheme: Scheme) -> None:
        super().__init__()
        size = len(scheme.tags)
        self.start = nn.Parameter(torch.zeros(size))
        self.step = nn.Parameter(torch.zeros(size, size))
        self.end = nn.Parameter(torch.zeros(size))
        self.register_buffer("_no_start", torch.from_numpy(~scheme.legal_starts()))
        self.register_buffer("_no_step", torch.from_numpy(~scheme.legal_steps()))

    def legal(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the scores of starts, steps and ends, very low where they are illegal."""
        start = self.start.masked_fill(self._no_start, _NEVER)
        step = self.step.masked_fill(self._no_step, _NEVER)
        return start, step, self.end

    def log_likelihood(self, scores: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """Return the log-probability of each row's tags.

        Args:
            scores: of each tag at each place. Shape: (batch, places, tags)
            tags: the true ones, 0 where the mask is. Shape: (batch, places)
            mask: whether there is a place; each row has its places first, and at least one. Shape: as `tags`
        """
        return self._path(scores, tags, mask) - self.log_partition(scores, mask)

    def log_partition(self, scores: Tensor, mask: Tensor) -> Tensor:
        """Return the log-sum of the scores of all legal paths of each row, by the forward algorithm."""
        start, step, end = self.legal()
        total = start + scores[:, 0]
        for place in range(1, scores.shape[1]):
            after = torch.logsumexp(total.unsqueeze(2) + step, dim=1) + scores[:, place]
            total = torch.where(mask[:, place].unsqueeze(1), after, total)
        return torch.logsumexp(total + end, dim=1)

    def _path(self, scores: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        start, step, end = self.legal()
        emitted = scores.gather(2, tags.unsqueeze(2)).squeeze(2) * mask
        stepped = step[tags[:, :-1], tags[:, 1:]] * mask[:, 1:]
        last = tags.gather(1, (mask.sum(1, keepdim=True) - 1)).squeeze(1)
        return start[tags[:, 0]] + emitted.sum(1) + stepped.sum(1) + end[last]

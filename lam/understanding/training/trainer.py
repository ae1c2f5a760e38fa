"""One epoch of a training, and what it minimises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lam.encoder.tokens import AnyTokenizer
from lam.understanding.recipe import Recipe
from lam.understanding.training.adversary import backward
from lam.understanding.training.batches import Row, Rows, alike
from lam.understanding.training.crf import LinearChainCrf
from lam.understanding.training.model import JointModel, has_bf16


@dataclass(frozen=True)
class Progress:
    """How far a training is; loss and accuracy are running means over its last steps."""

    step: int
    steps: int
    loss: float
    accuracy: float


@dataclass
class Trainer:
    """One training: what it works on, and how far it is."""

    model: JointModel
    rows: Rows
    recipe: Recipe
    training: Sequence[Row]
    progress: Callable[[Progress], None] | None
    step: int = 0
    loss: float = 0.0
    accuracy: float = 0.0

    def __post_init__(self) -> None:
        self.optimizer = _optimizer(self.model, self.recipe)
        groups = alike(self.training)
        self._groups = groups
        self._tagged = self.recipe.entity_weight > 0 and any(any(row.tags) for row in self.training)
        self._whole = -(-len(groups) // self.recipe.batch_size)  # steps of an epoch without skipping
        #: The newest loss of each group.
        self.losses = torch.full((len(groups),), torch.inf)

    def epoch(self, number: int) -> None:
        """Train on the rows once, or on those of them that still teach something."""
        recipe = self.recipe
        shown, weights = self._shown(number)
        batches = self.rows.epoch([self._groups[place] for place in shown], recipe, number)
        base = [group["initial_lr"] for group in self.optimizer.param_groups]
        left = self.step + len(batches) + (recipe.epochs - number - 1) * self._whole
        for done, (places, batch) in enumerate(batches):
            place = (number + done / len(batches)) * self._whole
            factor = rate_at(place, recipe.epochs * self._whole, recipe.warmup)
            for group, rate in zip(self.optimizer.param_groups, base, strict=True):
                group["lr"] = rate * factor
            losses, hits = self._update(batch, weights[places])
            self.losses[shown[places]] = losses
            self.step += 1
            share = max(0.02, 1 / self.step)
            self.loss += share * (losses.mean().item() - self.loss)
            self.accuracy += share * (hits / len(batch) - self.accuracy)
            if self.progress:
                self.progress(Progress(self.step, left, self.loss, self.accuracy))

    def _shown(self, number: int) -> tuple[Tensor, Tensor]:
        """Return the places of the groups that an epoch shows, and what each counts.

        Between the first epoch and the last one a share of those whose loss is below the mean is skipped, and
        the others of them count for those. Qin et al., "InfoBatch: Lossless Training Speed Up by Unbiased
        Dynamic Data Pruning", ICLR 2024.
        """
        skip, count = self.recipe.skip_easy, len(self._groups)
        if not skip or number in (0, self.recipe.epochs - 1):
            return torch.arange(count), torch.ones(count)
        dice = torch.Generator().manual_seed(self.recipe.seed * 1000 + number)
        easy = self.losses < self.losses.mean()
        shown = torch.nonzero(~easy | (torch.rand(count, generator=dice) >= skip)).squeeze(1)
        return shown, torch.where(easy[shown], 1 / (1 - skip), 1.0)

    def _update(self, batch: Sequence[Row], weights: Tensor) -> tuple[Tensor, int]:
        """Take a step; return the loss of each row, and how many intents were read. Shape: (batch,)"""
        model, recipe = self.model, self.recipe
        weights = weights.to(model.device)
        wanted = torch.tensor([row.intent for row in batch], device=model.device)
        ids, *others = self.rows.inputs(batch, model.device)
        ids = hide_tokens(ids, recipe.word_dropout, self.rows.tokenizer)
        hits: list[int] = []
        seen: list[Tensor] = []

        def loss_of() -> Tensor:
            with torch.autocast(model.device.type, torch.bfloat16, enabled=has_bf16(model.device)):
                scores, tags, _ = model(ids, *others)
            hits.append(int((scores.argmax(1) == wanted).sum()))
            losses = nn.functional.cross_entropy(
                scores.float(), wanted, label_smoothing=recipe.label_smoothing, reduction="none"
            )
            if self._tagged:
                losses = losses + recipe.entity_weight * _tag_losses(model.crf, tags.float(), batch)
            seen.append(losses.detach())
            return (losses * weights).mean()

        self.optimizer.zero_grad(set_to_none=True)
        backward(loss_of, model.encoder.embeddings, recipe)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        self.optimizer.step()
        return seen[0].cpu(), hits[0]


def hide_tokens(ids: Tensor, share: float, tokenizer: AnyTokenizer) -> Tensor:
    """Return the tokens with a random share of those that stand for text masked. Shape: as `ids`"""
    special = torch.tensor(tokenizer.special_ids, device=ids.device)
    hidden = (torch.rand(ids.shape, device=ids.device) < share) & ~torch.isin(ids, special)
    return ids.masked_fill(hidden, tokenizer.mask_id)


def _tag_losses(crf: LinearChainCrf, scores: Tensor, rows: Sequence[Row]) -> Tensor:
    """Return the negative log-likelihood of each row's tags; words are read at their first token."""
    spoken = [place for place, row in enumerate(rows) if row.words]
    losses = scores.new_zeros(len(rows))
    if not spoken:
        return losses
    length = max(len(rows[place].words) for place in spoken)
    firsts = torch.zeros((len(spoken), length), dtype=torch.int64)
    tags, mask = torch.zeros_like(firsts), torch.zeros_like(firsts)
    for number, place in enumerate(spoken):
        row = rows[place]
        firsts[number, : len(row.words)] = torch.tensor([word.token for word in row.words])
        tags[number, : len(row.words)] = torch.tensor(row.tags)
        mask[number, : len(row.words)] = 1
    firsts, tags, mask = (one.to(scores.device) for one in (firsts, tags, mask))
    wide = firsts.unsqueeze(2).expand(-1, -1, scores.shape[2])
    found = crf.log_likelihood(scores[spoken].gather(1, wide), tags, mask.bool())
    return losses.index_put((torch.tensor(spoken, device=losses.device),), -found)


def _optimizer(model: JointModel, recipe: Recipe) -> torch.optim.Optimizer:
    def group(modules: Sequence[nn.Module], rate: float, decays: bool) -> dict[str, object]:
        # Biases and layer norms, the vectors among the parameters, are not decayed.
        learned = [one for module in modules for one in module.parameters() if one.requires_grad]
        chosen = [one for one in learned if (one.ndim > 1) == decays]
        decay = recipe.weight_decay if decays else 0.0
        return {"params": chosen, "lr": rate, "initial_lr": rate, "weight_decay": decay}

    heads = (model.head, model.tagger, model.crf)
    parts = (((model.encoder,), recipe.encoder_learning_rate), (heads, recipe.head_learning_rate))
    groups = [group(modules, rate, decays) for modules, rate in parts for decays in (True, False)]
    return torch.optim.AdamW(groups, fused=True)


def rate_at(step: float, steps: int, warmup: float) -> float:
    """Rises over the warm-up, then falls linearly to zero."""
    rising = max(1.0, warmup * steps)
    return min((step + 1) / rising, max(0.0, (steps - step) / max(1.0, steps - rising)))

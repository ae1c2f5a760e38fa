"""Fine-tunes an encoder with an intent head: torch, on a graphics card where there is one."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lam.encoder.pretrained import Encoder
from lam.encoder.tokens import Tokenizer
from lam.encoder.weights import find_encoder
from lam.understanding.recipe import Recipe

# Batches are cut from windows of so many batches, sorted by length: little padding, yet well mixed.
_WINDOW = 16


@dataclass(frozen=True)
class Progress:
    """How far a training is; loss and accuracy are running means over its last steps."""

    step: int
    steps: int
    loss: float
    accuracy: float


class IntentModel(nn.Module):
    """Encoder, dropout and a linear head. Shape of the result: (batch, intents)"""

    def __init__(self, encoder: Encoder, intents: int, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.width, intents)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Shape of `ids` and `mask`: (batch, length)"""
        scores: Tensor = self.head(self.dropout(self.encoder(ids, mask)))
        return scores


def fine_tune(
    texts: Sequence[str],
    labels: Sequence[int],
    recipe: Recipe,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[IntentModel, Tokenizer]:
    """Train a model that maps each text to its label, 0 to max(labels).

    The same data, recipe and machine give the same weights.
    """
    folder = find_encoder(recipe.encoder)
    tokenizer = Tokenizer.for_encoder(folder, recipe.max_length)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        model = IntentModel(Encoder(folder), max(labels) + 1, recipe.dropout).to(device).train()
        _train(model, tokenizer, texts, labels, recipe, progress)
    return model.eval(), tokenizer


def _train(
    model: IntentModel,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    labels: Sequence[int],
    recipe: Recipe,
    progress: Callable[[Progress], None] | None,
) -> None:
    device = model.head.weight.device
    steps = recipe.epochs * -(-len(texts) // recipe.batch_size)
    optimizer = _optimizer(model, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    loss_of = nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
    mean_loss = mean_accuracy = 0.0
    for step, batch in enumerate(_batches(tokenizer.lengths(texts).tolist(), recipe), start=1):
        tokens = tokenizer([texts[place] for place in batch])
        wanted = torch.tensor([labels[place] for place in batch], device=device)
        with torch.autocast(device.type, torch.bfloat16, enabled=_has_bf16(device)):
            scores = model(torch.from_numpy(tokens.ids).to(device), torch.from_numpy(tokens.mask).to(device))
        loss = loss_of(scores.float(), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if progress:
            share = max(0.02, 1 / step)
            mean_loss += share * (loss.item() - mean_loss)
            mean_accuracy += share * ((scores.argmax(1) == wanted).float().mean().item() - mean_accuracy)
            progress(Progress(step, steps, mean_loss, mean_accuracy))


def _optimizer(model: IntentModel, recipe: Recipe) -> torch.optim.Optimizer:
    def group(module: nn.Module, rate: float, decays: bool) -> dict[str, object]:
        # Biases and layer norms, the vectors among the parameters, are not decayed.
        chosen = [one for one in module.parameters() if (one.ndim > 1) == decays]
        return {"params": chosen, "lr": rate, "weight_decay": recipe.weight_decay if decays else 0.0}

    parts = ((model.encoder, recipe.encoder_learning_rate), (model.head, recipe.head_learning_rate))
    groups = [group(module, rate, decays) for module, rate in parts for decays in (True, False)]
    return torch.optim.AdamW(groups, fused=True)


def _rate(step: int, steps: int, warmup: float) -> float:
    """Rises over the warm-up, then falls linearly to zero."""
    rising = max(1.0, warmup * steps)
    return min((step + 1) / rising, max(0.0, (steps - step) / max(1.0, steps - rising)))


def _batches(lengths: Sequence[int], recipe: Recipe) -> Iterator[list[int]]:
    """Yield the places of each batch's texts, `epochs` times over all of them."""
    dice = random.Random(recipe.seed)
    window = recipe.batch_size * _WINDOW
    for _ in range(recipe.epochs):
        order = dice.sample(range(len(lengths)), len(lengths))
        for start in range(0, len(order), window):
            order[start : start + window] = sorted(order[start : start + window], key=lengths.__getitem__)
        batches = [
            order[start : start + recipe.batch_size] for start in range(0, len(order), recipe.batch_size)
        ]
        dice.shuffle(batches)
        yield from batches


def _has_bf16(device: torch.device) -> bool:
    """Whether the device computes in bf16 itself; where it is emulated, float32 is faster."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))

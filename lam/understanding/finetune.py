"""Fine-tunes an encoder to read intents and entities: torch, on a graphics card where there is one."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lam.encoder.pretrained import Encoder
from lam.encoder.tokens import Tokenizer, Word
from lam.encoder.weights import find_encoder
from lam.types import Example
from lam.understanding.crf import LinearChainCrf
from lam.understanding.recipe import Recipe
from lam.understanding.tagging import Scheme

# Batches are cut from windows of so many batches, sorted by length: little padding, yet well mixed.
_WINDOW = 16
# So many examples of an intent give its direction to start from.
_IMPRINTED = 32


@dataclass(frozen=True)
class Progress:
    """How far a training is; loss and accuracy are running means over its last steps."""

    step: int
    steps: int
    loss: float
    accuracy: float


class JointModel(nn.Module):
    """One encoder under two heads: intents from the text's vector, tags under a CRF from the tokens'."""

    def __init__(self, encoder: Encoder, intents: int, scheme: Scheme, recipe: Recipe) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(encoder.width, intents, bias=False)
        parametrize.register_parametrization(self.head, "weight", _Directions(recipe.cosine_scale))
        self.tagger = nn.Linear(encoder.width, len(scheme.tags))
        self.crf = LinearChainCrf(scheme)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores of intents, scores of tags, and the text's vector of length 1.

        Shape of `ids` and `mask`: (batch, length); of the results: (batch, intents), (batch, length, tags),
        (batch, width).
        """
        hidden, pooled = self.encoder(ids, mask)
        vector = nn.functional.normalize(self.dropout(pooled).float(), dim=1)
        return self.head(vector), self.tagger(self.dropout(hidden)), vector

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
        """Keep the head's directions as plain weights: training is over."""
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


@dataclass(frozen=True)
class _Row:
    """A training example, ready for the model."""

    text: str
    intent: int
    words: list[Word]
    tags: list[int]


def fine_tune(
    examples: Sequence[Example],
    intents: Sequence[str],
    scheme: Scheme,
    recipe: Recipe,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[JointModel, Tokenizer]:
    """Train a model on examples whose intents and entities are among the given ones.

    The same data, recipe and machine give the same weights.
    """
    folder = find_encoder(recipe.encoder)
    tokenizer = Tokenizer.for_encoder(folder, recipe.max_length)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    places = {intent: place for place, intent in enumerate(intents)}
    words = tokenizer.words([one.text for one in examples])
    rows = [
        _Row(one.text, places[one.intent], found, scheme.encode(found, one.spans))
        for one, found in zip(examples, words, strict=True)
    ]
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        model = JointModel(Encoder(folder), len(intents), scheme, recipe).to(device).eval()
        shown = _few_of_each(rows)
        vectors = embed(model, tokenizer, [row.text for row in shown]).to(device)
        model.imprint(vectors, torch.tensor([row.intent for row in shown], device=device))
        model.encoder.freeze(recipe.frozen_layers)
        _train(model.train(), tokenizer, rows, recipe, progress)
    model.settle()
    return model.eval(), tokenizer


def _few_of_each(rows: Sequence[_Row]) -> list[_Row]:
    """Return the first rows of each intent: enough for its mean, and a small share of a long training."""
    seen: Counter[int] = Counter()
    few = []
    for row in rows:
        seen[row.intent] += 1
        if seen[row.intent] <= _IMPRINTED:
            few.append(row)
    return few


def embed(model: JointModel, tokenizer: Tokenizer, texts: Sequence[str], batch_size: int = 64) -> Tensor:
    """Return the vectors of texts. Shape: (texts, width)"""
    device = model.head.weight.device
    order = np.argsort(tokenizer.lengths(texts), kind="stable")
    vectors = torch.empty(len(texts), model.encoder.width)
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=_has_bf16(device)):
        for start in range(0, len(order), batch_size):
            part = order[start : start + batch_size]
            ids, mask = _tensors(tokenizer, [texts[place] for place in part], device)
            vectors[part] = model(ids, mask)[2].cpu()
    return vectors


def _train(
    model: JointModel,
    tokenizer: Tokenizer,
    rows: Sequence[_Row],
    recipe: Recipe,
    progress: Callable[[Progress], None] | None,
) -> None:
    device = model.head.weight.device
    steps = recipe.epochs * -(-len(rows) // recipe.batch_size)
    optimizer = _optimizer(model, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    loss_of = nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
    tagged = recipe.entity_weight > 0 and any(tag for row in rows for tag in row.tags)
    mean_loss = mean_accuracy = 0.0
    lengths = tokenizer.lengths([row.text for row in rows]).tolist()
    for step, batch in enumerate(_batches(lengths, recipe), start=1):
        chosen = [rows[place] for place in batch]
        wanted = torch.tensor([row.intent for row in chosen], device=device)
        ids, mask = _tensors(tokenizer, [row.text for row in chosen], device)
        ids = hide_tokens(ids, recipe.word_dropout, tokenizer)
        with torch.autocast(device.type, torch.bfloat16, enabled=_has_bf16(device)):
            scores, tags, _ = model(ids, mask)
        loss = loss_of(scores.float(), wanted)
        if tagged:
            loss = loss + recipe.entity_weight * _tag_loss(model.crf, tags.float(), chosen)
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


def hide_tokens(ids: Tensor, share: float, tokenizer: Tokenizer) -> Tensor:
    """Return the tokens with a random share of those that stand for text masked. Shape: as `ids`"""
    special = torch.tensor(tokenizer.special_ids, device=ids.device)
    hidden = (torch.rand(ids.shape, device=ids.device) < share) & ~torch.isin(ids, special)
    return ids.masked_fill(hidden, tokenizer.mask_id)


def _tensors(tokenizer: Tokenizer, texts: Sequence[str], device: torch.device) -> tuple[Tensor, Tensor]:
    tokens = tokenizer(texts)
    return torch.from_numpy(tokens.ids).to(device), torch.from_numpy(tokens.mask).to(device)


def _tag_loss(crf: LinearChainCrf, scores: Tensor, rows: Sequence[_Row]) -> Tensor:
    """Return the mean negative log-likelihood of the tags of a batch; words are read at their first token."""
    spoken = [place for place, row in enumerate(rows) if row.words]
    if not spoken:
        return scores.new_zeros(())
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
    return -crf.log_likelihood(scores[spoken].gather(1, wide), tags, mask.bool()).mean()


def _optimizer(model: JointModel, recipe: Recipe) -> torch.optim.Optimizer:
    def group(modules: Sequence[nn.Module], rate: float, decays: bool) -> dict[str, object]:
        # Biases and layer norms, the vectors among the parameters, are not decayed.
        learned = [one for module in modules for one in module.parameters() if one.requires_grad]
        chosen = [one for one in learned if (one.ndim > 1) == decays]
        return {"params": chosen, "lr": rate, "weight_decay": recipe.weight_decay if decays else 0.0}

    heads = (model.head, model.tagger, model.crf)
    parts = (((model.encoder,), recipe.encoder_learning_rate), (heads, recipe.head_learning_rate))
    groups = [group(modules, rate, decays) for modules, rate in parts for decays in (True, False)]
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

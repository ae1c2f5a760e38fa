"""Trains the joint model: torch, on a graphics card where there is one."""

import copy
import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from lam.encoder.factory import make_encoder
from lam.encoder.tokens import AnyTokenizer
from lam.types import Example
from lam.understanding.recipe import Recipe
from lam.understanding.tagging import Scheme
from lam.understanding.training.batches import Row, Rows, tensors
from lam.understanding.training.checkpoint import Checkpoint
from lam.understanding.training.model import JointModel, has_bf16
from lam.understanding.training.trainer import Progress, Trainer

# So many examples of an intent give its direction to start from.
_IMPRINTED = 32


def fine_tune(
    examples: Sequence[Example],
    held_back: Sequence[Example],
    intents: Sequence[str],
    scheme: Scheme,
    recipe: Recipe,
    progress: Callable[[Progress], None] | None = None,
    state: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> tuple[JointModel, AnyTokenizer]:
    """Train a model on examples whose intents and entities are among the given ones.

    The same data, recipe and machine give the same weights.

    Args:
        examples: to train on.
        held_back: to stop early on, where the recipe has patience.
        intents: in the order of the model's.
        scheme: of the entities.
        recipe: the hyperparameters.
        progress: is called after each step.
        state: a folder where the newest state is kept after each epoch, and taken up from when the same
            training was interrupted. At the end it holds the weights in full precision.
        on_epoch: is called after each epoch, where texts are held back, with the number of those that are
            done and the head's accuracy on these texts. What it raises ends the training.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        encoder, tokenizer = make_encoder(recipe.encoder, _words_of(examples), recipe.max_length)
        rows = Rows(tokenizer, intents, scheme)
        training = rows.of(examples)
        model = JointModel(encoder, len(intents), scheme, recipe).to(device).eval()
        shown = _few_of_each(training)
        vectors = embed(model, tokenizer, [row.example for row in shown]).to(device)
        model.imprint(vectors, torch.tensor([row.intent for row in shown], device=device))
        model.encoder.freeze(recipe.frozen_layers)
        model.encoder.adapt(recipe.lora_rank)
        trainer = Trainer(model, rows, recipe, training, progress)
        _train(trainer, rows.of(held_back), Checkpoint(state, _key(examples, recipe)), on_epoch)
    model.settle()
    return model.eval(), tokenizer


def _train(
    trainer: Trainer,
    held_back: Sequence[Row],
    checkpoint: Checkpoint,
    on_epoch: Callable[[int, float], None] | None,
) -> None:
    recipe, model = trainer.recipe, trainer.model
    watched = bool(recipe.patience and held_back)
    done, best, since = 0, -1.0, 0
    weights: dict[str, Tensor] = {}
    if kept := checkpoint.restore(trainer.optimizer):
        done, models, facts = kept
        model.load_state_dict(models["newest"])
        trainer.losses = models["losses"]["newest"]
        weights, best, since = models.get("best", {}), facts["best"], facts["since"]
        trainer.step = facts["step"]
    for number in range(done, recipe.epochs):
        if watched and since >= recipe.patience:
            break
        model.train()
        trainer.epoch(number)
        measured = held_back and (watched or on_epoch)
        found = accuracy(model.eval(), trainer.rows, held_back) if measured else -1.0
        if watched:
            since = 0 if found > best else since + 1
            if found > best:
                best, weights = found, copy.deepcopy(model.state_dict())
        states = {"newest": model.state_dict(), "losses": {"newest": trainer.losses}}
        states |= {"best": weights} if weights else {}
        facts = {"best": best, "since": since, "step": trainer.step}
        checkpoint.save(number + 1, states, trainer.optimizer, facts)
        if on_epoch and held_back:
            on_epoch(number + 1, found)
    if weights:
        model.load_state_dict(weights)


def _words_of(examples: Sequence[Example]) -> list[str]:
    """Return what is said in examples: their texts, and each of the bot's turns once."""
    turns = dict.fromkeys(one.context for one in examples if one.context)
    return [*(one.text for one in examples), *turns]


def accuracy(model: JointModel, rows: Rows, meant: Sequence[Row]) -> float:
    """Return the share of rows whose intent the model's head reads."""
    hits = 0
    with torch.no_grad():
        for start in range(0, len(meant), 64):
            part = meant[start : start + 64]
            read = model(*rows.inputs(part, model.device))[0].argmax(1).tolist()
            hits += sum(left == row.intent for left, row in zip(read, part, strict=True))
    return hits / len(meant)


def embed(
    model: JointModel, tokenizer: AnyTokenizer, examples: Sequence[Example], batch_size: int = 64
) -> Tensor:
    """Return the vectors of examples. Shape: (examples, width)"""
    lengths = tokenizer.lengths([one.text for one in examples])
    order = sorted(range(len(examples)), key=lengths.__getitem__)
    vectors = torch.empty(len(examples), model.width)
    with torch.no_grad(), torch.autocast(model.device.type, torch.bfloat16, enabled=has_bf16(model.device)):
        for start in range(0, len(order), batch_size):
            part = order[start : start + batch_size]
            inputs = tensors(tokenizer, [examples[place] for place in part], model.device)
            vectors[part] = model(*inputs)[2].float().cpu()
    return vectors


def _key(examples: Sequence[Example], recipe: Recipe) -> str:
    """Say what is trained: a state of anything else is not taken up."""
    digest = hashlib.sha256(repr(dataclasses.asdict(recipe)).encode())
    for one in examples:
        digest.update(repr(one).encode())
    return digest.hexdigest()


def _few_of_each(rows: Sequence[Row]) -> list[Row]:
    """Return the first rows of each intent: enough for its mean, and a small share of a long training."""
    seen: Counter[int] = Counter()
    few = []
    for row in rows:
        seen[row.intent] += 1
        if seen[row.intent] <= _IMPRINTED:
            few.append(row)
    return few

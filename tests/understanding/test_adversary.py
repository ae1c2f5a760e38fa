"""Attacks on embeddings: they stay within their radius and find what hurts."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from lam.understanding.recipe import Recipe
from lam.understanding.training.adversary import backward

RECIPE = Recipe(adversarial_radius=0.2)


class Toy(nn.Module):
    """Texts of two tokens, whose loss is a curved function of their embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 1)
        self.seen: list[Tensor] = []
        self.losses: list[float] = []

    def loss(self) -> Tensor:
        vectors = self.embeddings(torch.tensor([[1, 2], [3, 4], [5, 6]]))
        self.seen.append(vectors.detach().clone())
        loss: Tensor = self.head(vectors).pow(2).mean()
        self.losses.append(loss.item())
        return loss


@pytest.fixture
def toy() -> Toy:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return Toy()


@pytest.mark.parametrize(("kind", "runs"), [("none", 1), ("fgm", 2), ("pgd", 4)])
def test_the_attack_hurts_and_stays_within_its_radius(toy: Toy, kind: str, runs: int) -> None:
    loss = backward(toy.loss, toy.embeddings, replace(RECIPE, adversarial=kind))
    assert loss.item() == toy.losses[0]
    assert len(toy.seen) == runs
    clean = toy.seen[0]
    for vectors in toy.seen[1:]:
        moved = (vectors - clean).flatten(1).norm(dim=1)
        assert (moved <= 0.2 * clean.flatten(1).norm(dim=1) + 1e-6).all()
    assert all(later > toy.losses[0] for later in toy.losses[1:])
    assert toy.head.weight.grad is not None


def test_both_losses_train(toy: Toy) -> None:
    backward(toy.loss, toy.embeddings, RECIPE)
    assert toy.head.weight.grad is not None
    plain = toy.head.weight.grad.clone()
    toy.zero_grad()
    backward(toy.loss, toy.embeddings, replace(RECIPE, adversarial="fgm"))
    assert not torch.allclose(toy.head.weight.grad, plain)


def test_frozen_embeddings_are_attacked_and_left_alone(toy: Toy) -> None:
    toy.embeddings.requires_grad_(False)
    backward(toy.loss, toy.embeddings, replace(RECIPE, adversarial="pgd"))
    assert toy.losses[-1] > toy.losses[0]
    assert toy.embeddings.weight.grad is None


def test_no_hook_is_left(toy: Toy) -> None:
    backward(toy.loss, toy.embeddings, replace(RECIPE, adversarial="fgm"))
    assert not toy.embeddings._forward_hooks

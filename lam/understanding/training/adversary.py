"""Adversarial training: the same batch again, with its embeddings moved to where the loss grows fastest."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from lam.understanding.recipe import Recipe


def backward(loss_of: Callable[[], Tensor], embeddings: nn.Module, recipe: Recipe) -> Tensor:
    """Leave the gradients of a batch's loss and, as the recipe says, of that under attack; return the first.

    FGM moves each text's embeddings once, by `adversarial_radius` times their own length, along the gradient
    (Miyato, Dai and Goodfellow, "Adversarial Training Methods for Semi-Supervised Text Classification", ICLR
    2017). PGD takes several smaller steps and stays within that radius (Madry et al., "Towards Deep Learning
    Models Resistant to Adversarial Attacks", ICLR 2018); only its last step trains.

    Args:
        loss_of: runs the model and returns its loss.
        embeddings: the layer whose output is moved.
        recipe: `adversarial`, `adversarial_radius`, `adversarial_steps`.
    """
    if recipe.adversarial == "none":
        return _backward(loss_of)
    seen: list[Tensor] = []
    with _hooked(embeddings, lambda output: _watched(output, seen)):
        loss = _backward(loss_of)
    steps = 1 if recipe.adversarial == "fgm" else recipe.adversarial_steps
    clean = seen[0].detach()
    radius = recipe.adversarial_radius * clean.flatten(1).norm(dim=1)
    moved, gradient = torch.zeros_like(clean), seen[0].grad
    for step in range(steps):
        if gradient is None:
            raise RuntimeError("Expected a loss that depends on the embeddings, found none.")
        moved = _within(moved + _along(gradient, radius / max(1.0, steps / 2)), radius)
        # Dropout draws anew each time: the attack is on the model, not on one of its masks.
        seen.clear()
        with _hooked(embeddings, functools.partial(_moved, moved, seen)):
            if step == steps - 1:
                _backward(loss_of)
            else:
                (gradient,) = torch.autograd.grad(loss_of(), seen)
    return loss


def _backward(loss_of: Callable[[], Tensor]) -> Tensor:
    loss = loss_of()
    torch.autograd.backward(loss)
    return loss


class _hooked:  # noqa: N801
    """Puts what a function makes of a layer's output in its place."""

    def __init__(self, layer: nn.Module, change: Callable[[Tensor], Tensor]) -> None:
        self._handle = layer.register_forward_hook(lambda _layer, _inputs, output: change(output))

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._handle.remove()


def _watched(output: Tensor, seen: list[Tensor]) -> Tensor:
    if not output.requires_grad:  # frozen
        output = output.detach().requires_grad_()
    output.retain_grad()
    seen.append(output)
    return output


def _moved(by: Tensor, seen: list[Tensor], output: Tensor) -> Tensor:
    return _watched(output + by, seen)


def _along(gradient: Tensor, lengths: Tensor) -> Tensor:
    """Scale each text's gradient to a length. Shape: (batch, places, width), (batch,)"""
    norm = gradient.flatten(1).norm(dim=1).clamp_min(1e-12)
    scaled: Tensor = gradient * (lengths / norm).view(-1, 1, 1)
    return scaled


def _within(moved: Tensor, radius: Tensor) -> Tensor:
    norm = moved.flatten(1).norm(dim=1).clamp_min(1e-12)
    near: Tensor = moved * (radius / norm).clamp_max(1).view(-1, 1, 1)
    return near

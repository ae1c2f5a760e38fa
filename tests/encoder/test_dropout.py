"""Dropout by random bytes against what torch's own promises."""

from pathlib import Path

import pytest
import torch
from torch import nn

from lam.encoder.dropout import Dropout
from lam.encoder.pretrained import Encoder


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_share_is_zeroed_and_the_mean_is_kept(dtype: torch.dtype) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        dropped = Dropout(0.1)(torch.ones(1001, 333, dtype=dtype))
    assert dropped.dtype == dtype
    assert (dropped == 0).float().mean().item() == pytest.approx(26 / 256, abs=0.002)
    assert dropped.float().mean().item() == pytest.approx(1.0, abs=0.005)
    # Neither rows nor columns are dropped as one.
    assert (dropped == 0).float().mean(0).std() < 0.02 and (dropped == 0).float().mean(1).std() < 0.02


def test_the_same_seed_drops_the_same_values() -> None:
    values, dropout = torch.ones(7, 5), Dropout(0.5)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        once = dropout(values)
        other = dropout(values)
        torch.manual_seed(1)
        assert torch.equal(dropout(values), once) and not torch.equal(other, once)


def test_gradients_pass_where_values_do() -> None:
    values = torch.ones(64, requires_grad=True)
    dropped = Dropout(0.5)(values)
    dropped.sum().backward()
    assert values.grad is not None and torch.equal(values.grad, dropped.detach())


def test_nothing_is_dropped_out_of_training_or_at_zero() -> None:
    values = torch.ones(100)
    assert Dropout(0.0)(values) is values
    assert Dropout(0.5).eval()(values) is values


def test_the_encoder_has_it(tiny_encoder: Path) -> None:
    encoder = Encoder(tiny_encoder)
    assert not [one for one in encoder.modules() if isinstance(one, nn.Dropout)]
    shares = {one.p for one in encoder.modules() if isinstance(one, Dropout)}
    assert shares == {encoder.inner.config.hidden_dropout_prob, 0.0}
    attention = {layer.attention.self.dropout.p for layer in encoder.inner.encoder.layer}
    assert attention == {0.0}  # it is drawn by torch's own function, which takes a double for each value

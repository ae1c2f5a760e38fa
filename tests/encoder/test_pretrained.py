"""What of a pre-trained encoder a training may change."""

from pathlib import Path

import pytest

from lam.encoder.pretrained import Encoder


def learned(encoder: Encoder) -> set[str]:
    """The parts that a training changes."""
    return {name.split("inner.")[1] for name, one in encoder.named_parameters() if one.requires_grad}


def test_frozen_layers_stay_with_all_that_they_read(tiny_encoder: Path) -> None:
    encoder = Encoder(tiny_encoder)
    everything = learned(encoder)
    encoder.freeze(0)
    assert learned(encoder) == everything
    encoder.freeze(1)
    kept = {one for one in everything if one.startswith(("embeddings.", "encoder.layer.0."))}
    assert kept and learned(encoder) == everything - kept


def test_more_frozen_layers_than_there_are_are_refused(tiny_encoder: Path) -> None:
    with pytest.raises(ValueError, match="frozen_layers: expected at most 2 here, found 3"):
        Encoder(tiny_encoder).freeze(3)

"""LoRA: what of an encoder learns, and that nothing of it is left in the end."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from lam.encoder import EncoderError, adapters
from lam.encoder.bilstm import BiLstmEncoder
from lam.encoder.pretrained import Encoder
from lam.encoder.tokens import Tokenizer


def learned(encoder: Encoder) -> set[str]:
    """The names of the parameters that a training changes."""
    return {name for name, one in encoder.named_parameters() if one.requires_grad}


def inputs(folder: Path) -> list[Tensor]:
    tokens = Tokenizer.for_encoder(folder, 32)(["my card is gone", "hello"])
    return [torch.from_numpy(one) for one in tokens.inputs.values()]


def disturb(encoder: Encoder) -> None:
    """Change what learns, as a training would."""
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(3)
        for one in encoder.parameters():
            if one.requires_grad:
                one.add_(0.05 * torch.randn_like(one))


def test_only_adapters_of_attention_and_feed_forward_learn(tiny_encoder: Path) -> None:
    encoder = Encoder(tiny_encoder)
    encoder.adapt(4)
    maps = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "layer.0.output.dense")
    names = learned(encoder)
    assert all(".lora_A." in one or ".lora_B." in one for one in names)
    assert all(any(f"layer.0.{name}" in one or name in one for one in names) for name in maps)
    assert len(names) == 2 * 6 * 2 and not any("pooler" in one for one in names)  # layers, maps, A and B


def test_without_a_rank_the_weights_learn(tiny_encoder: Path) -> None:
    encoder = Encoder(tiny_encoder)
    everything = learned(encoder)
    encoder.adapt(0)
    encoder.settle()
    assert learned(encoder) == everything


def test_new_adapters_change_nothing_and_merged_ones_compute_the_same(tiny_encoder: Path) -> None:
    encoder, given = Encoder(tiny_encoder).eval(), inputs(tiny_encoder)
    plain, names = encoder(*given), set(encoder.state_dict())
    encoder.adapt(4)
    torch.testing.assert_close(encoder(*given), plain)
    disturb(encoder)
    adapted = encoder.eval()(*given)
    assert not torch.allclose(adapted[1], plain[1], atol=1e-3)
    encoder.settle()
    torch.testing.assert_close(encoder(*given), adapted, rtol=1e-4, atol=1e-5)
    assert set(encoder.state_dict()) == names


def test_a_frozen_layer_gets_no_adapters(tiny_encoder: Path) -> None:
    encoder = Encoder(tiny_encoder)
    encoder.freeze(1)
    encoder.adapt(4)
    assert learned(encoder) and all(".layer.1." in one for one in learned(encoder))
    frozen = Encoder(tiny_encoder)
    frozen.freeze(2)
    with pytest.raises(ValueError, match="lora_rank: expected 0 where all layers are frozen, found 4"):
        frozen.adapt(4)


def test_without_the_package_the_error_says_what_to_install(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "find_spec", lambda _: None)
    with pytest.raises(EncoderError, match=r"expected the package peft, found none\. Install lam\[lora\]"):
        Encoder(tiny_encoder).adapt(4)


def test_an_encoder_trained_from_scratch_has_no_adapters() -> None:
    encoder = BiLstmEncoder(10, 10)
    encoder.adapt(0)
    with pytest.raises(ValueError, match="lora_rank: expected 0 here, found 4"):
        encoder.adapt(4)

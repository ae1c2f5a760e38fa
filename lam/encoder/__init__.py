"""The sentence encoder that everything else shares: weights, tokens, training module, int8 runtime."""

from lam.encoder.sealed import ArtifactError, seal, unseal
from lam.encoder.weights import DEFAULT, EncoderError, find_encoder

__all__ = ["DEFAULT", "ArtifactError", "EncoderError", "find_encoder", "seal", "unseal"]

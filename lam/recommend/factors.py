"""What a factorisation hands over to serving: the items' vectors and the mean user's, and no user's own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lam.encoder import ArtifactError, seal, unseal

Floats = npt.NDArray[np.float32]

KIND, VERSION = "recommender-factors", 1
_WEIGHTS, _ITEMS = "factors.safetensors", "items.json"


@dataclass(frozen=True)
class Factors:
    """The result of a training, wherever it ran. Read-only.

    Attributes:
        items: ids, each once.
        vectors: Shape: (items, width)
        mean: of all users' vectors. Shape: (width,)
        facts: how it was trained, such as engine, regularization, alpha; JSON.

    Raises:
        ValueError: shapes don't fit, an id is there twice, or a number isn't finite.
    """

    items: tuple[str, ...]
    vectors: Floats
    mean: Floats
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.vectors.shape != (len(self.items), *self.mean.shape):
            raise ValueError(
                f"Expected a vector for each of {len(self.items)} items, as wide as the mean user's "
                f"{self.mean.shape}, found {self.vectors.shape}."
            )
        if len(set(self.items)) < len(self.items):
            raise ValueError(
                f"Expected each item once, found {len(self.items) - len(set(self.items))} again."
            )
        broken = ~np.isfinite(self.vectors).all(axis=1)
        if broken.any() or not np.isfinite(self.mean).all():
            which = self.items[int(np.argmax(broken))] if broken.any() else "the mean user"
            raise ValueError(
                f"Expected finite numbers, found others for {which}: the training has diverged. "
                "Raise its regularization, or leave out extreme weights."
            )

    def of_catalogue(self, items: Sequence[str]) -> Self:
        """Return the factors of a catalogue's items alone, in its order; zeros where there are none.

        Raises:
            ValueError: an item is there twice.
        """
        places = {item: place for place, item in enumerate(self.items)}
        vectors = np.zeros((len(items), len(self.mean)), dtype=np.float32)
        for row, item in enumerate(items):
            if item in places:
                vectors[row] = self.vectors[places[item]]
        return replace(self, items=tuple(items), vectors=vectors)

    def write(self, folder: Path) -> None:
        """Write safetensors and JSON to a new or empty folder, sealed with their hashes.

        Raises:
            FileExistsError: the folder holds something.
        """
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(f"Expected an empty folder for the factors, found files in {folder}.")
        arrays = {"vectors": np.ascontiguousarray(self.vectors), "mean": np.ascontiguousarray(self.mean)}
        save_file(arrays, folder / _WEIGHTS)
        (folder / _ITEMS).write_text(json.dumps(self.items, ensure_ascii=False), encoding="utf-8")
        seal(folder, KIND, VERSION, dict(self.facts))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what `write` wrote.

        Raises:
            ArtifactError: it is something else, a file is missing or changed, or its numbers are no factors.
        """
        from safetensors.numpy import load_file

        facts = unseal(folder, KIND, VERSION)
        arrays = load_file(folder / _WEIGHTS)
        items = tuple(json.loads((folder / _ITEMS).read_text(encoding="utf-8")))
        try:
            return cls(items, arrays["vectors"], arrays["mean"], facts)
        except ValueError as error:
            raise ArtifactError(str(error)) from error

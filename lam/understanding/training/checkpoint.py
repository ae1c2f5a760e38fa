"""The state of a training after an epoch, so that an interrupted one goes on where it was. No pickle."""

import json
import os
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import save_file
from torch import Tensor

_library: Any = safetensors  # half of its names come from a compiled module without types
_FILE = "state.safetensors"


class Checkpoint:
    """Keeps the newest state of one training in a folder.

    Args:
        folder: is made when it is missing; None keeps nothing.
        key: says what is trained (data, recipe, code): a state with another key is not taken up.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self._folder = folder
        self._key = key

    def save(
        self,
        epoch: int,
        models: dict[str, dict[str, Tensor]],
        optimizer: torch.optim.Optimizer,
        facts: dict[str, Any],
    ) -> None:
        """Write the state after an epoch; an interruption leaves the one before.

        Args:
            epoch: how many are done.
            models: weights by a name, such as the newest and the best.
            optimizer: its state is kept, its groups are not.
            facts: what else to remember; JSON.
        """
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"{name}/{key}": one for name, kept in models.items() for key, one in kept.items()}
        state = optimizer.state_dict()["state"]
        tensors |= {
            f"optimizer/{place}/{key}": one for place, kept in state.items() for key, one in kept.items()
        }
        tensors["random"] = torch.get_rng_state()
        marks = {"key": self._key, "epoch": str(epoch), "facts": json.dumps(facts)}
        clean = {name: one.detach().cpu().contiguous().clone() for name, one in tensors.items()}
        save_file(clean, self._folder / f"{_FILE}.new", marks)
        os.replace(self._folder / f"{_FILE}.new", self._folder / _FILE)

    def restore(
        self, optimizer: torch.optim.Optimizer
    ) -> tuple[int, dict[str, dict[str, Tensor]], dict[str, Any]] | None:
        """Put the optimizer's state back; return epochs, models and facts as saved, None without any."""
        if self._folder is None:
            return None
        try:
            with _library.safe_open(self._folder / _FILE, framework="pt") as file:
                marks = file.metadata() or {}
                if marks.get("key") != self._key:
                    return None
                tensors = dict(zip(file.keys(), map(file.get_tensor, file.keys()), strict=True))
        except (OSError, _library.SafetensorError):  # none yet, or not one of ours
            return None
        torch.set_rng_state(tensors.pop("random"))
        models: dict[str, dict[str, Tensor]] = {}
        for name, one in tensors.items():
            owner, _, key = name.partition("/")
            models.setdefault(owner, {})[key] = one
        state: dict[int, dict[str, Tensor]] = {}
        for name, one in models.pop("optimizer", {}).items():
            place, _, key = name.partition("/")
            state.setdefault(int(place), {})[key] = one
        optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
        return int(marks["epoch"]), models, dict(json.loads(marks["facts"]))

"""Figures that are measured once: full runs stay in the repository, quick ones beside it."""

import importlib.metadata
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# What decides how fast a model trains and runs, and which of the runtime's int8 kernels is taken.
_FLAGS = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
_LIBRARIES = ("torch", "onnxruntime", "rasa", "tensorflow")


@dataclass(frozen=True)
class Run:
    """How benchmarks are run.

    Attributes:
        quick: on a fifth of the data, with one seed.
        diet: with the peers that train for hours.
        changes: keys of a recipe that replace those of every model of ours.
        home: the folder in which figures and models are kept.
    """

    quick: bool = False
    diet: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)
    home: Path = ROOT

    @property
    def results(self) -> Path:
        """Where models are kept, and figures that say little; git ignores it."""
        return self.home / "results"

    def once(self, name: str, key: Mapping[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `work` finds: measured once, and read back while the key stays the same.

        An interrupted study so goes on where it was. What is found under another key is replaced: the
        repository remembers it.

        Args:
            name: of the file.
            key: all that the figures depend on, such as code, recipe and seed; JSON.
            work: takes the time.
        """
        whole = not (self.quick or self.changes)
        folder = self.home / "benchmarks" / "kept" if whole else self.results
        return kept(folder / f"{name}.json", key, work)


def kept(path: Path, key: Mapping[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the figures in a file, found anew where it has none or those of another key."""
    wanted = json.loads(json.dumps(key))
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if found.get("key") != wanted:
        made = _circumstances()
        found = {"key": wanted, "figures": work(), "made": made}
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(new, path)
        found = json.loads(path.read_text(encoding="utf-8"))
    figures: dict[str, Any] = found["figures"]
    return figures


def cpu_flags() -> list[str]:
    """Return what of interest this processor can do."""
    flags = {
        flag
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("flags")
        for flag in line.split()
    }
    return [flag for flag in _FLAGS if flag in flags]


def _circumstances() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": cpu_flags(),
        "busy": round(os.getloadavg()[0], 1),  # processes that ran already: timings want none
        "versions": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None

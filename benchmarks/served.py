"""A bare process that loads a classifier and reads texts: what it reads, what it takes, what it imports.

    python -m benchmarks.served MODEL TEXTS.json ANSWER.json

`served` starts it. It imports nothing before it has looked at its own memory.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# What must not be there when a message is read.
_HEAVY = ("torch", "tensorflow", "transformers", "rasa")


def served(model: Path, texts: Sequence[str], under: Sequence[str] = ()) -> dict:
    """Return what a process of its own finds.

    Args:
        model: a classifier's folder, or a Rasa archive.
        texts: to read, one at a time.
        under: a command that is to run it, such as an emulator's.

    Returns:
        `readings`: intent and [start, end, label] of each entity, for each text; `memory`: bytes `bare`,
        `imported` and `loaded`, each with `rss` and `pss`; `heavy`: packages that it should not have loaded.
    """
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "texts.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps(list(texts)), encoding="utf-8")
        command = (*under, sys.executable, "-m", "benchmarks.served", model.resolve(), question, answer)
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=Path(__file__).parent.parent, env=environment, check=True)
        found: dict = json.loads(answer.read_text(encoding="utf-8"))
    return found


def _main() -> None:
    memory = {"bare": _memory()}
    import onnxruntime  # noqa: F401  # loading a model would import it: here it counts as imported

    from lam.understanding.archive import load_model

    memory["imported"] = _memory()
    model, question, answer = map(Path, sys.argv[1:])
    classifier = load_model(model)
    readings = []
    for text in json.loads(question.read_text(encoding="utf-8")):
        (reading,) = classifier.predict([text])
        readings.append([reading.intent, [[one.start, one.end, one.label] for one in reading.spans]])
    memory["loaded"] = _memory()
    found = {"readings": readings, "memory": memory, "heavy": [one for one in _HEAVY if one in sys.modules]}
    answer.write_text(json.dumps(found), encoding="utf-8")


def _memory() -> dict[str, int]:
    """Return the bytes that this process holds, and its share of those that it has in common with others."""
    rows = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    kib = {row.split(":")[0]: row.split()[1] for row in rows[1:]}
    return {"rss": 1024 * int(kib["Rss"]), "pss": 1024 * int(kib["Pss"])}


if __name__ == "__main__":
    _main()

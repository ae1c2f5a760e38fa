"""A training in a process of its own, so that its time, threads and memory are nobody else's.

    python -m benchmarks.recommend_worker ASKED.json ANSWER.json

`trained_apart` starts it.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from lam.recommend.models.als import AlsSettings
from lam.recommend.training import Engine, train_factors

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Training:
    """What is trained.

    Attributes:
        engine: `local` runs on one thread, as `implicit` does there by our choice.
        settings: what differs from the defaults of `AlsSettings`.
        cores, memory: of Spark: threads of its one process, and the bound of that in gigabytes.
    """

    engine: Engine
    interactions: str
    out: str
    settings: dict[str, float]
    cores: int = 1
    memory: int = 4
    seed: int = 0


def trained_apart(asked: Training) -> dict[str, float]:
    """Train, and write the factors to the folder that is asked for.

    Returns:
        `seconds`: from the file to the factors in memory, Spark's start included; `megabytes`: the most that
        the process and those that it started have held.
    """
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "asked.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps(asdict(asked)), encoding="utf-8")
        command = (sys.executable, "-m", "benchmarks.recommend_worker", question, answer)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        found: dict[str, float] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def _main() -> None:
    question, answer = map(Path, sys.argv[1:])
    asked = Training(**json.loads(question.read_text(encoding="utf-8")))
    options = {
        "spark.driver.memory": f"{asked.memory}g", "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(4 * asked.cores), "spark.log.level": "ERROR",
    }  # fmt: skip
    began = perf_counter()
    factors = train_factors(
        asked.engine, asked.interactions, AlsSettings(**asked.settings), asked.seed,
        f"local[{asked.cores}]", options,
    )  # fmt: skip
    seconds = perf_counter() - began
    factors.write(Path(asked.out))
    found = {"seconds": seconds, "megabytes": sum(map(_peak, _family(os.getpid()))) / 1e6}
    answer.write_text(json.dumps(found), encoding="utf-8")


def _family(parent: int) -> list[int]:
    """Return the ids of a process and of all those below it: Spark's JVM outlives its session."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended a moment ago
            # The name, in parentheses, may have blanks; the parent is the second field behind it.
            parents[int(path.parent.name)] = int(
                path.read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            )
    found = [parent]
    for one in found:
        found += [child for child, its in parents.items() if its == one]
    return found


def _peak(process: int) -> int:
    """Return the most bytes that a process has held."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    _main()

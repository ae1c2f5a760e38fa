"""SetFit on our encoder, as a peer: its package, in an environment of its own under .tools/.

Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022: contrastive pairs first, then a logistic
regression. Its packages are newer than Rasa allows, so that the project's own environment stays as it is.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpora import Corpus
from benchmarks.figures import ROOT, Run
from benchmarks.trainings import Found, fingerprint, judged
from lam.encoder import find_encoder
from lam.understanding import Recipe

#: Pairs of each kind for a text: the paper's number, and one that ten thousand texts train with in minutes.
FEW, MANY = 20, 3
_PACKAGES = ("torch==2.13.0", "setfit==1.2.0")
_HOME = ROOT / ".tools" / "setfit"
_WORKER = Path(__file__).with_name("setfit_worker.py")


def figures(run: Run, name: str, corpus: Corpus, seeds: Sequence[int], iterations: int) -> list[Found]:
    """Return what SetFit reads of a corpus's test rows for each seed; nothing where it can't be installed."""
    key = {"packages": _PACKAGES, "encoder": _encoder(run), "iterations": iterations}
    key |= {"data": fingerprint(corpus)}
    try:
        return [
            run.once(
                f"{name}-{seed}",
                {**key, "seed": seed},
                functools.partial(_found, run, corpus, seed, iterations),
            )
            for seed in (seeds[:1] if run.quick else seeds)
        ]
    except subprocess.CalledProcessError as error:
        print(f"No SetFit here: {' '.join(map(str, error.cmd[1:4]))} … ended with {error.returncode}.")
        return []


def _found(run: Run, corpus: Corpus, seed: int, iterations: int) -> Found:
    asked = {
        "encoder": str(find_encoder(_encoder(run))),
        "train": [[one.text, one.intent] for one in corpus.train],
        "test": [one.text for one in corpus.test],
        "seed": seed,
        "iterations": iterations,
    }
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "asked.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps(asked), encoding="utf-8")
        # -P: no module of the benchmarks hides one of its packages.
        command = (_python(), "-P", _WORKER, question, answer)
        subprocess.run(command, check=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
        found = json.loads(answer.read_text(encoding="utf-8"))
    return {**judged(corpus, found["intents"]), "seconds": found["seconds"]}


def _python() -> Path:
    """Return the Python of SetFit's environment, which is made when it is missing (a minute)."""
    python, stamp = _HOME / "bin" / "python", _HOME / ".installed"
    wanted = " ".join(_PACKAGES)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run((sys.executable, "-m", "venv", "--clear", _HOME), check=True)
        subprocess.run((python, "-m", "pip", "install", "--quiet", *_PACKAGES), check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _encoder(run: Run) -> str:
    return str(run.changes.get("encoder", Recipe().encoder))

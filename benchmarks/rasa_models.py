"""Models that Rasa trains: our pipeline, its default one with DIET, and its CRF for entities."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

from benchmarks.code_hash import code_hash
from benchmarks.corpora import Corpus
from benchmarks.figures import ROOT, Run
from benchmarks.parsing import parsed
from benchmarks.trainings import Found, fingerprint, judged
from lam.supervisor.environment import RASA, quiet_environment
from lam.types import Example
from lam.understanding import span_score

Pipeline = list[dict[str, Any]]

CLASSIFIER = "lam.components.bert_intent_classifier.BertIntentClassifier"
DIET: Pipeline = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 1},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
CRF: Pipeline = [
    {"name": "WhitespaceTokenizer"},
    # It makes features of its own, but leaves messages alone that no featurizer has touched.
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CRFEntityExtractor"},
]
#: DIET as it is where only its speed counts: a message costs the same however long it was trained.
HURRIED_DIET: Pipeline = [{**one, "epochs": 1} if one["name"] == "DIETClassifier" else one for one in DIET]


@dataclass(frozen=True)
class Archive:
    """A model that Rasa has trained, and the seconds that `rasa train nlu` took."""

    path: Path
    seconds: float


def ours(changes: dict[str, Any]) -> Pipeline:
    """Return the assistant's pipeline; its classifier has the defaults of `Recipe` but for the changes."""
    pipeline: Pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return [{"name": CLASSIFIER, **changes} if one["name"] == CLASSIFIER else one for one in pipeline]


def rasa_trained(run: Run, name: str, pipeline: Pipeline, data: Path | Sequence[Example]) -> Archive:
    """Return the model that `rasa train nlu` makes; trained when `results/archives` has none.

    Args:
        run: how.
        name: of the archive; a hash of all that it is made of follows.
        pipeline: as in a config.yml.
        data: examples, or a folder of Rasa's files.
    """
    own = code_hash() if any(one["name"].startswith("lam.") for one in pipeline) else ""
    files = sorted(data.rglob("*.yml")) if isinstance(data, Path) else ()
    made_of = f"{own}/{pipeline}/" + ("/".join(map(Path.read_text, files)) if files else repr(data))
    path = run.results / "archives" / f"{name}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}.tar.gz"
    facts = path.with_suffix(".json")
    if not facts.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            seconds = _train(pipeline, data, Path(scratch), path.name)
            Path(scratch, path.name).replace(path)
        facts.write_text(json.dumps(seconds), encoding="utf-8")
    return Archive(path, json.loads(facts.read_text(encoding="utf-8")))


def read_by_rasa(run: Run, name: str, pipeline: Pipeline, corpus: Corpus) -> Found:
    """Train a pipeline of Rasa's own on a corpus and read its test rows."""

    def measure() -> Found:
        archive = rasa_trained(run, name, pipeline, corpus.train)
        (read,) = parsed([archive.path], [one.text for one in corpus.test])
        f1 = span_score([one.spans for one in corpus.test], [one.spans for one in read]).f1
        return {**judged(corpus, [one.intent for one in read]), "f1": f1, "seconds": archive.seconds}

    return run.once(name, {"pipeline": pipeline, "data": fingerprint(corpus)}, measure)


def write_nlu(examples: Sequence[Example], path: Path) -> Path:
    """Write examples in Rasa's JSON and return the path: in its YAML some signs in a text mean something."""
    rows = [
        {
            "text": one.text,
            "intent": one.intent,
            "entities": [
                {"start": span.start, "end": span.end, "entity": span.label, "value": span.value}
                for span in one.spans
            ],
        }
        for one in examples
    ]
    path.write_text(json.dumps({"rasa_nlu_data": {"common_examples": rows}}), encoding="utf-8")
    return path


def _train(pipeline: Pipeline, data: Path | Sequence[Example], folder: Path, name: str) -> float:
    config = {"recipe": "default.v1", "language": "en", "assistant_id": "benchmark", "pipeline": pipeline}
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    if not isinstance(data, Path):
        data = write_nlu(data, folder / "nlu.json")
    command = (
        *RASA, "train", "nlu", "--config", folder / "config.yml", "--nlu", data, "--out", folder,
        "--fixed-model-name", name,
    )  # fmt: skip
    # Without a cache: what was trained yesterday would take no time today.
    environment = {**quiet_environment(), "RASA_MAX_CACHE_SIZE": "0"}
    began = perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    seconds = perf_counter() - began
    if not (folder / name).exists():
        raise SystemExit(f"Expected rasa to train {name}, found no model; it says why above.")
    return seconds

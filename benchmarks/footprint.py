"""What the classifier takes where it serves: memory, disk, and packages that it does without."""

from pathlib import Path

from benchmarks import corpora
from benchmarks.code_hash import code_hash
from benchmarks.figures import ROOT, Run
from benchmarks.served import served
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import RECIPES, Found, part_of, trained
from lam.supervisor.model import model_path

_TEXTS = 200
_MEMORY, _DISK, _NONE = Bar(150, 150, low=True), Bar(30, 30, low=True), Bar(0, 0, low=True)


def footprint(run: Run) -> list[Sheet]:
    """Load a model in a bare process, without Rasa: the assistant's, or one trained on BANKING77."""
    corpus = part_of(run, corpora.banking77())
    model = model_path(ROOT)
    if run.changes or not model.exists():
        model = trained(run, corpus, RECIPES["banking77"], 1).folder
    texts = [one.text for one in corpus.test[:_TEXTS]]
    key = {"code": code_hash("lam.understanding.archive"), "model": _name(model)}
    found = run.once("footprint", key, lambda: measured(model, texts))
    lines = [
        Line(f"memory above a bare Python, MB ({kind.upper()})", [[found[kind]]], _MEMORY, 1)
        for kind in ("rss", "pss")
    ]
    lines += [
        Line("… of that what it imports, MB (RSS)", [[found["imported"]]], places=1),
        Line("on disk, MB", [[found["disk"]]], _DISK, 1),
        Line("of torch, tensorflow, transformers, rasa: loaded", [[len(found["heavy"])]], _NONE, 0),
    ]
    return [Sheet(f"What serving takes; {_name(model)}", ["lam"], lines)]


def measured(model: Path, texts: list[str]) -> Found:
    """Return megabytes of memory and disk, and the packages that were loaded for nothing."""
    found = served(model, texts)
    bare, imported, loaded = (found["memory"][one] for one in ("bare", "imported", "loaded"))
    files = [one for one in model.rglob("*") if one.is_file()] if model.is_dir() else [model]
    return {
        "rss": (loaded["rss"] - bare["rss"]) / 1e6,
        "pss": (loaded["pss"] - bare["pss"]) / 1e6,
        "imported": (imported["rss"] - bare["rss"]) / 1e6,
        "disk": sum(one.stat().st_size for one in files) / 1e6,
        "heavy": found["heavy"],
    }


def _name(model: Path) -> str:
    return model.name if model.is_file() else f"classifier {model.parent.name}"

"""Whether int8 reads what the trained model reads: intents and entities of test messages, one by one."""

import functools
import shutil
from collections.abc import Sequence

from benchmarks import corpora
from benchmarks.corpora import Corpus
from benchmarks.figures import Run, cpu_flags
from benchmarks.full_precision import read_with_torch
from benchmarks.served import served
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import RECIPES, Found, Trained, key_of, part_of, read, trained
from lam.types import Reading

_BAR = Bar(99.5, 99.5)
# With these the runtime takes other int8 kernels. It has no switch for them: only another CPU does without.
_WIDE = {"avx_vnni", "avx512f", "avx512_vnni"}
_EMULATOR = ("qemu-x86_64", "-cpu", "Haswell")
_EMULATED = 300  # messages: each takes a fifth of a second there
_Read = tuple[str | None, tuple[tuple[int, int, str], ...]]


def agreement(run: Run) -> list[Sheet]:
    """Compare on BANKING77 and on SNIPS, which has entities; also on an emulated CPU that has less."""
    wide = sorted(_WIDE & set(cpu_flags()))
    emulator = _EMULATOR if wide and shutil.which(_EMULATOR[0]) else ()
    lines = []
    for name, corpus in {"banking77": corpora.banking77(), "snips": corpora.snips()}.items():
        part = part_of(run, corpus)
        key = key_of(run, part, RECIPES[name]) | {"cpu": cpu_flags(), "emulator": emulator}
        found = run.once(f"agreement-{name}", key, functools.partial(_found, run, name, part, emulator))
        lines += [
            Line(f"{name.upper()}: {what}", [[100 * value]], _BAR if "same" in what else None)
            for what, value in found.items()
        ]
    return [Sheet(f"int8 against the torch model, %: {_told(wide, bool(emulator))}", ["lam"], lines)]


def _found(run: Run, name: str, corpus: Corpus, emulator: Sequence[str]) -> Found:
    return compared(trained(run, corpus, RECIPES[name], 1), corpus, emulator)


def compared(model: Trained, corpus: Corpus, emulator: Sequence[str] = ()) -> Found:
    """Return the shares of messages that are read the same, and both models' shares of right intents."""
    texts = [one.text for one in corpus.test]
    int8 = [_of(one) for one in read(model.classifier, corpus.test)]
    classifier = read_with_torch(model.folder, model.weights)
    full = [_of(one) for one in classifier.predict(texts)]
    found = {"same intent": _same(int8, full, 0)}
    if model.classifier.entities:
        found["same entities"] = _same(int8, full, 1)
    if emulator:
        few = texts[:: max(1, len(texts) // _EMULATED)]
        there = served(model.folder, few, emulator)["readings"]
        narrow = [(intent, tuple(map(tuple, spans))) for intent, spans in there]
        others = full[:: max(1, len(texts) // _EMULATED)]
        found["same intent, emulated"] = _same(narrow, others, 0)
        if model.classifier.entities:
            found["same entities, emulated"] = _same(narrow, others, 1)
    meant = [(one.intent, ()) for one in corpus.test]
    return found | {
        "right intents, int8": _same(int8, meant, 0),
        "right intents, torch": _same(full, meant, 0),
    }


def _of(reading: Reading) -> _Read:
    return reading.intent, tuple((one.start, one.end, one.label) for one in reading.spans)


def _same(some: Sequence[_Read], others: Sequence[_Read], part: int) -> float:
    return sum(one[part] == other[part] for one, other in zip(some, others, strict=True)) / len(some)


def _told(wide: Sequence[str], emulated: bool) -> str:
    """Say on what kind of CPU the figures were found."""
    if not wide:
        return "a CPU without AVX-512 and VNNI"
    known = f"a CPU with {', '.join(wide)}"
    return known + ("; emulated: one without" if emulated else "; one without was not to be had (qemu-user)")

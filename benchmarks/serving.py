"""Latency, throughput, start-up and memory of the reference assistant, next to Rasa's defaults on its data.

    python benchmarks/serving.py [--quick]

Four systems run side by side and take turns, so that whatever else the machine does slows all of them:

- lam: `lam up` with the model for the present data.
- pipeline: the same processes and policies, with Rasa's default pipeline (DIET).
- config: the same processes, with Rasa's default pipeline and policies (DIET, TED, UnexpecTED).
- rasa run: the model of `config` under plain `rasa run`, with Rasa's in-memory tracker store and REST
  channel. Our action server behind it is there before the start is timed.

In each of three rounds (`--quick`: one) the four start, one after another, on databases that are there
already. They hold one conversation each, again and again, and then talk to 16 people at once. At last each
holds one conversation of 1,000 turns (`--quick`: 200), ten turns at a time.

Accuracy is not measured here. What a network costs when it serves doesn't depend on how long it was trained:
Rasa's models are trained for few epochs, in the full run too, enough to read the plain sentences below. The
line below the table says how many of them led to the same action as with our model.

It takes 6 GB of memory and about 2½ hours on 2 idle cores, most of them for the long conversations; `--quick`
about 25 minutes, 15 of them to train Rasa's two models. Finished parts are kept in results/ and not run
again while the model stays the same: delete them to measure other code.
"""

import argparse
import asyncio
import functools
import hashlib
import operator
import re
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import show
from benchmarks.figures import ROOT, kept
from lam.dialogues.stack import environment, free_settings, launched, started
from lam.supervisor.databases import migrate_all, seed_bank
from lam.supervisor.environment import RASA, quiet_environment
from lam.supervisor.model import train

RESULTS = ROOT / "results"

# Rasa 3.6's own defaults, but for the epochs (100 each) and a fallback that never happens: models that were
# trained for few epochs are not sure of much, and our fallback action needs our classifier.
PIPELINE = """
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: 5
  constrain_similarities: true
  random_seed: 1
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: 10
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.0
  ambiguity_threshold: 0.0
"""
POLICIES = """
- name: MemoizationPolicy
- name: RulePolicy
- name: UnexpecTEDIntentPolicy
  max_history: 5
  epochs: 10
- name: TEDPolicy
  max_history: 5
  epochs: 10
  constrain_similarities: true
"""

# Nobody has to sign in for these, and no form begins. Four need the action server.
SENTENCES = (
    "hello",
    "when do you open",
    "where is the nearest branch",
    "what's the exchange rate for dollars",
    "how many swiss francs do i get for 100 euros",
    "what interest do you pay on savings",
    "what would you recommend for me",
    "what does it cost to use my card abroad",
    "I want to open an account",
    "thanks",
)
PEOPLE = 16  # who talk at the same time

#: Says something in a conversation; returns the action that was decided on, where the door tells it.
Say = Callable[[str, str], Awaitable[str | None]]


@dataclass(frozen=True)
class Size:
    """How much is said: conversations one after another, of each of many people, turns of the long one."""

    name: str
    rounds: int
    conversations: int
    each: int
    turns: int


FULL, QUICK = Size("full", 3, 50, 4, 1000), Size("quick", 1, 15, 2, 200)


@dataclass(frozen=True)
class Served:
    """A system that runs.

    Attributes:
        home: its LAM_HOME, by which its processes are known.
        ready: seconds from its start until it could serve.
        doors: `engine`, and `edge` where it has one.
    """

    home: Path
    ready: float
    doors: Mapping[str, Say]


Found = dict[str, dict[str, Any]]  # name of a system to what was measured


def main() -> None:
    """Measure what is missing and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    size = QUICK if arguments.parse_args().quick else FULL
    ours = asyncio.run(train(ROOT, print))
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    mixed = config | {"pipeline": yaml.safe_load(PIPELINE)}
    stock = mixed | {"policies": yaml.safe_load(POLICIES)}
    systems = {
        "lam": functools.partial(_lam, model=ours),
        "pipeline": functools.partial(_lam, model=_trained("mixed", mixed)),
        "config": functools.partial(_lam, model=_trained("stock", stock)),
        "rasa run": functools.partial(_rasa, model=_trained("stock", stock)),
    }
    name = f"serving-{size.name}-{ours.name.removesuffix('.tar.gz')}"

    def measured(part: str | int, work: Callable[[dict[str, Served]], Awaitable[Found]]) -> Found:
        path = RESULTS / f"{name}-{part}.json"
        return kept(path, {"part": part}, lambda: asyncio.run(_side_by_side(systems, work)))

    rounds = [measured(number, functools.partial(_talk, size=size)) for number in range(size.rounds)]
    long = measured("long", functools.partial(_talk_long, turns=size.turns))
    _show(rounds, long, size)


async def _side_by_side(
    systems: Mapping[str, Callable[[aiohttp.ClientSession, Path], AbstractContextManager[Served]]],
    work: Callable[[dict[str, Served]], Awaitable[Found]],
) -> Found:
    """Start all systems and do the work; first answers, which load this and that, don't count."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        with ExitStack() as stack:
            served = {}
            for name, system in systems.items():
                home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                settings = free_settings(home, home)
                migrate_all(settings)
                seed_bank(settings)
                served[name] = stack.enter_context(system(http, home))
                for say in served[name].doors.values():
                    await _conversation(say, len(SENTENCES))
            return await work(served)


async def _talk(systems: dict[str, Served], size: Size) -> Found:
    """Measure single turns, and many people at the same time."""
    doors = [(name, door, say) for name, one in systems.items() for door, say in one.doors.items()]
    found: Found = {name: {"ready": one.ready} for name, one in systems.items()}
    for name, one in systems.items():
        found[name]["actions"] = [await one.doors["engine"]("understanding", text) for text in SENTENCES]
    spans: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(size.conversations):
        for name, door, say in doors:
            spans[name, door] += await _conversation(say, len(SENTENCES))
    seconds: dict[tuple[str, str], float] = defaultdict(float)
    for _ in range(size.each):
        for name, door, say in doors:
            began = perf_counter()
            await asyncio.gather(*(_conversation(say, len(SENTENCES)) for _ in range(PEOPLE)))
            seconds[name, door] += perf_counter() - began
    for name, door, _ in doors:
        turns = size.each * PEOPLE * len(SENTENCES)
        found[name] |= {door: spans[name, door], f"{door}_rate": turns / seconds[name, door]}
    for name, one in systems.items():
        found[name]["engine_mib"], found[name]["whole_mib"] = _memory(one.home)
    return found


async def _talk_long(systems: dict[str, Served], turns: int) -> Found:
    """Measure the turns of one long conversation at the engine."""
    found: Found = {name: {"spans": []} for name in systems}
    for _ in range(turns // len(SENTENCES)):
        for name, one in systems.items():
            found[name]["spans"] += await _conversation(one.doors["engine"], len(SENTENCES), "long")
    return found


async def _conversation(say: Say, turns: int, name: str = "") -> list[float]:
    """Go on with a conversation, or hold a new one; return the milliseconds of each turn."""
    name, spans = name or uuid.uuid4().hex, []
    for turn in range(turns):
        began = perf_counter()
        await say(name, SENTENCES[turn % len(SENTENCES)])
        spans.append(1000 * (perf_counter() - began))
    return spans


@contextmanager
def _lam(http: aiohttp.ClientSession, home: Path, model: Path) -> Iterator[Served]:
    """`lam up` with a model."""
    began = perf_counter()
    with started(ROOT, home, model) as assistant:
        settings = assistant.settings
        ready = perf_counter() - began

        async def edge(conversation: str, text: str) -> None:
            url = f"http://127.0.0.1:{settings.port}/rest/v1/messages"
            body = {"sender": conversation, "text": text}
            answer = await _post(http, url, body, settings.rest_key.reveal())
            _expect(answer["complete"] and answer["answers"], text, answer)

        async def engine(conversation: str, text: str) -> str:
            url = f"http://127.0.0.1:{settings.engine_port}/webhooks/lam/message"
            body = {"conversation": conversation, "message": uuid.uuid4().hex, "text": text}
            answer = await _post(http, url, body, settings.engine_key.reveal())
            _expect(answer["answers"], text, answer)
            return str(answer["action"])

        yield Served(settings.home, ready, {"engine": engine, "edge": edge})


@contextmanager
def _rasa(http: aiohttp.ClientSession, home: Path, model: Path) -> Iterator[Served]:
    """`rasa run` as it comes. Our action server, which it calls, is there before it starts."""
    settings = free_settings(home, model)
    key = settings.actions_key.reveal()
    actions = f"http://127.0.0.1:{settings.actions_port}"
    endpoint = {"url": f"{actions}/webhook", "headers": {"Authorization": f"Bearer {key}"}}
    (home / "endpoints.yml").write_text(yaml.safe_dump({"action_endpoint": endpoint}), encoding="utf-8")
    (home / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    server = (
        *RASA, "run", "--enable-api", "--model", str(model), "--interface", "127.0.0.1",
        "--port", str(settings.engine_port), "--endpoints", str(home / "endpoints.yml"),
        "--credentials", str(home / "credentials.yml"),
    )  # fmt: skip
    base = f"http://127.0.0.1:{settings.engine_port}"

    async def engine(conversation: str, text: str) -> None:
        body = {"sender": conversation, "message": text}
        answer = await _post(http, f"{base}/webhooks/rest/webhook", body)
        _expect(answer, text, answer)

    worker = (sys.executable, "-m", "lam", "actions")
    with launched(worker, ROOT, environment(settings), f"{actions}/health", home / "actions.log"):
        began = perf_counter()
        with launched(server, home, environment(settings), f"{base}/status", home / "rasa.log"):
            yield Served(settings.home, perf_counter() - began, {"engine": engine})


async def _post(http: aiohttp.ClientSession, url: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with http.post(url, json=body, headers=headers) as response:
        answer = await response.json()
    if response.status != 200:
        raise SystemExit(f"{url}: expected an answer to {body}, found {response.status} {answer}")
    return answer


def _expect(answered: Any, text: str, found: Any) -> None:
    if not answered:
        raise SystemExit(f"{text!r}: expected an answer, found {found}.")


def _trained(name: str, config: dict[str, Any]) -> Path:
    """Return a model of the present data with another config; trained when there is none."""
    text = yaml.safe_dump(config, sort_keys=False)
    digest = hashlib.sha256(text.encode())
    for file in (ROOT / "domain.yml", *sorted((ROOT / "data").rglob("*.yml"))):
        digest.update(file.read_bytes())
    model = RESULTS / f"serving-{name}-{digest.hexdigest()[:12]}.tar.gz"
    if not model.exists():
        RESULTS.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
            (Path(folder) / "config.yml").write_text(text, encoding="utf-8")
            command = (
                *RASA, "train", "--config", f"{folder}/config.yml", "--domain", "domain.yml",
                "--data", "data", "--out", folder, "--fixed-model-name", model.name,
            )  # fmt: skip
            subprocess.run(command, cwd=ROOT, env=quiet_environment(), check=True)
            (Path(folder) / model.name).replace(model)
    return model


def _memory(home: Path) -> tuple[float, float]:
    """Return the resident MiB of a system's engine, and of all its processes."""
    engine = whole = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            theirs = f"LAM_HOME={home}\0".encode() in (folder / "environ").read_bytes()
            command, state = (folder / "cmdline").read_bytes(), (folder / "status").read_text()
        except OSError:  # it has just ended, or is somebody else's
            continue
        resident = re.search(r"VmRSS:\s*(\d+)", state)
        if theirs and resident:
            mib = int(resident[1]) / 1024
            whole += mib
            engine += mib if b"lam.engine.quiet_rasa" in command else 0
    return engine, whole


def _show(rounds: list[Found], long: Found, size: Size) -> None:
    figures = {name: _figures([one[name] for one in rounds], long[name]["spans"]) for name in long}
    rows = []
    for what in figures["lam"]:
        lam, *others = (one.get(what) for one in figures.values())
        ratios = [lam / one if one else None for one in others[1:]]
        rows.append(
            (what, *(_number(one, 1) for one in (lam, *others)), *(_number(one, 2) for one in ratios))
        )
    show(
        f"Serving, {size.name}: milliseconds a turn; turns/s with {PEOPLE} people",
        ("", *figures, "lam/config", "lam/run"),
        rows,
    )
    # Rasa's REST channel doesn't tell; its model is that of `config`.
    ours, *theirs = (rounds[0][name]["actions"] for name in ("lam", "pipeline", "config"))
    same = [sum(map(operator.eq, ours, one)) for one in theirs]
    print(
        f"Sentences that led to the action of ours: pipeline {same[0]}, config {same[1]} of {len(SENTENCES)}."
    )


def _figures(rounds: list[dict[str, Any]], long: list[float]) -> dict[str, float]:
    def mean(key: str) -> float:
        return statistics.fmean(one[key] for one in rounds)

    figures: dict[str, float] = {}
    for door in ("edge", "engine"):
        if door in rounds[0]:
            cuts = statistics.quantiles([span for one in rounds for span in one[door]], n=100)
            figures |= {f"{door} p{cut}": cuts[cut - 1] for cut in (50, 95, 99)}
            figures[f"{door} turns/s"] = mean(f"{door}_rate")
    # Each sentence once, around turn 10 and at the end.
    early, late = (statistics.median(part) for part in (long[5:][: len(SENTENCES)], long[-len(SENTENCES) :]))
    figures |= {"engine turn 10": early, f"engine turn {len(long)}": late, "engine growth": late / early}
    figures |= {"ready after s": mean("ready")}
    figures |= {"engine MiB": mean("engine_mib"), "whole MiB": mean("whole_mib")}
    return figures


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{0 if value >= 100 else places}f}"


if __name__ == "__main__":
    main()

"""Rasa archives that parse the same messages in turns, each in the time that it takes for it.

`parsed` starts this module as a process of its own: what was loaded before would be in the way.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from lam.supervisor.environment import quiet_environment
from lam.types import Span

# What reads a message; beside these a pipeline splits words, and looks at what was read.
_READERS = ("BertIntentClassifier", "DIETClassifier", "CRFEntityExtractor", "Featurizer")
_FALLBACK = "nlu_fallback"
_TURN = 20  # messages


@dataclass(frozen=True)
class Parsed:
    """What a pipeline found in a message.

    Attributes:
        intent: the classifier's, also where a fallback overrules it.
        spans: the entities that were learned.
        whole: milliseconds of the parse.
        component: milliseconds of those of its components that read, featurizers among them.
    """

    intent: str | None
    spans: tuple[Span, ...]
    whole: float
    component: float


def parsed(archives: Sequence[Path], texts: Sequence[str], one_core: bool = False) -> list[list[Parsed]]:
    """Return for each archive what it finds in each text; they take turns every few messages.

    Not after each one: then every message would find the processor's caches full of the other's weights,
    as it does in no process that serves.

    Args:
        archives: those of ours first: Keras forgets what is there when it loads.
        texts: the messages.
        one_core: whether the process stays on one core.
    """
    asked = {"archives": [str(one) for one in archives], "texts": list(texts), "one_core": one_core}
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "asked.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps(asked), encoding="utf-8")
        command = (sys.executable, "-m", "benchmarks.parsing", question, answer)
        root = Path(__file__).parent.parent
        subprocess.run(command, cwd=root, env=quiet_environment(), check=True)
        found = json.loads(answer.read_text(encoding="utf-8"))
    return [
        [
            Parsed(intent, tuple(Span(*span) for span in spans), whole, component)
            for intent, spans, whole, component in one
        ]
        for one in found
    ]


def _main() -> None:
    question, answer = map(Path, sys.argv[1:])
    asked = json.loads(question.read_text(encoding="utf-8"))
    if asked["one_core"]:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    found = asyncio.run(_parse(asked["archives"], asked["texts"]))
    answer.write_text(json.dumps(found), encoding="utf-8")


async def _parse(archives: Sequence[str], texts: Sequence[str]) -> list[list[list[Any]]]:
    from rasa.core.agent import load_agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # as it comes, it would write a line for each message
    agents = [await load_agent(model_path=one) for one in archives]
    clocks = [_watched(agent) for agent in agents]
    found: list[list[list[Any]]] = [[] for _ in agents]
    for start in range(0, len(texts), _TURN):
        for agent, clock, rows in zip(agents, clocks, found, strict=True):
            for text in texts[start : start + _TURN]:
                clock.clear()
                began = perf_counter()
                message = await agent.parse_message(text)
                whole = perf_counter() - began
                rows.append([*_read(message), 1000 * whole, 1000 * sum(clock)])
    return found


def _watched(agent: Any) -> list[float]:
    """Return a list that gets the seconds of each component that reads a message."""
    clock: list[float] = []
    for node in agent.processor.graph_runner._instantiated_nodes.values():
        if node._component_class.__name__.endswith(_READERS) and node._fn_name == "process":
            node._fn = _timed(node._fn, clock)
    return clock


def _timed(work: Callable[..., Any], clock: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = perf_counter()
        result = work(*arguments, **named)
        clock.append(perf_counter() - began)
        return result

    return timed


def _read(message: dict[str, Any]) -> tuple[str | None, list[list[Any]]]:
    # A pipeline without a classifier has no ranking.
    names = [one["name"] for one in message.get("intent_ranking", []) if one["name"] != _FALLBACK]
    spans = [
        [one["start"], one["end"], one["entity"], str(one["value"])]
        for one in message.get("entities", [])
        if one.get("extractor", "").endswith(_READERS)
    ]
    return (names[0] if names else None), spans


if __name__ == "__main__":
    _main()

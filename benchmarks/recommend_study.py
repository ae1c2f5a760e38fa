"""Does it help to learn within the conversation? Simulated people, until they accept something.

    LAM_BENCH_DATA=… python benchmarks/recommend_study.py [--quick] [MODEL …]

People are users of two public sets whom no model has seen, with a hidden wish: three of their items. Each
turn shows three items. Who is shown a wanted one accepts it. Else they click, every second time, what they
bought another time, and turn down, in 7 of 10 cases, what they never had. Nobody is shown an item twice. They
give up after 20 turns, which counts as 21. Three policies meet the same people in the same mood:

- static: the list of the beginning, without what was shown.
- clicks: what is clicked changes the next list; what is turned down is only hidden.
- fold-in: what is turned down changes the next list, too.

Five seeds, each with a fifth of the test users (at most 300) and a model of its own; the intervals are those
of differences between policies for the same person (bootstrap over people). Models have their defaults and no
texts. What a rejection means to them was chosen on the validation users. Ten minutes on 2 idle cores.
`--quick`: the factorisation alone, one seed, a fifth of the validation users; a minute.

The whole study of the factorisation, which is the fold-in alone, draws docs/recommend-study.svg.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from benchmarks.code_hash import code_hash
from benchmarks.common import show
from benchmarks.figures import ROOT, Run
from benchmarks.recommend_crowds import CROWDS, Crowd
from benchmarks.recommend_people import PATIENCE, Policy, people, turns
from lam.recommend.evaluation import interval
from lam.recommend.events import WEIGHTS
from lam.recommend.models import MODELS
from lam.recommend.models.base import ModelSettings
from lam.recommend.models.hybrid import HybridSettings

_POLICIES = {
    "static": Policy(clicks=False),
    "clicks": Policy(clicks=True),
    "fold-in": Policy(clicks=True, rejects=-WEIGHTS["reject"]),
}
# msweb tells no real times: its weights are learned on users held back.
_SETTINGS: dict[tuple[str, str], ModelSettings] = {("msweb", "hybrid"): HybridSettings(split="users")}
_PAIRS = (("clicks", "static"), ("fold-in", "static"), ("fold-in", "clicks"))
_REVEALED = (0, 1)
_SEEDS, _MOST = 5, 300


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", choices=[*MODELS, []])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    run = Run(asked.quick)
    for model in asked.models or (["als"] if run.quick else ["als", "hybrid"]):
        found = {name: _kept(run, name, model) for name in CROWDS}
        rows = [row for name, by_revealed in found.items() for row in _rows(name, by_revealed)]
        columns = ["", "people", *_POLICIES, *(" - ".join(pair) for pair in _PAIRS), "accepted by turn 3"]
        show(f"Mean turns to acceptance: {model}{' (quick)' if run.quick else ''}", columns, rows)
        if model == "als" and not run.quick:
            draw(found, ROOT / "docs" / "recommend-study.svg")


def _kept(run: Run, name: str, model: str) -> dict[str, Any]:
    modules = (f"lam.recommend.models.{model}", "benchmarks.recommend_people", "benchmarks.recommend_crowds")
    key = {"code": code_hash(*modules), "set": name, "model": model, "quick": run.quick, "most": _MOST}
    return run.once(
        f"recommend-study-{name}-{model}", key, lambda: study(CROWDS[name](), name, model, run.quick)
    )


def study(crowd: Crowd, name: str, model: str, quick: bool) -> dict[str, Any]:
    """Return for each number of revealed items the turns of each policy, and who has accepted when."""
    baskets = crowd.validation if quick else crowd.test
    found: dict[int, list[list[int]]] = {revealed: [] for revealed in _REVEALED}
    for seed in range(1 if quick else _SEEDS):
        fitted = MODELS[model].fit(crowd.train, [], _SETTINGS.get((name, model)), seed)
        for revealed in _REVEALED:
            # Each seed has users of its own, so that all people are independent.
            group = people(baskets[seed::_SEEDS], fitted.items, revealed, _MOST, seed)
            found[revealed] += [
                [turns(fitted, one, policy) for policy in _POLICIES.values()] for one in group
            ]
    return {str(revealed): _summary(np.array(rows, dtype=np.float64)) for revealed, rows in found.items()}


def _summary(taken: np.ndarray) -> dict[str, Any]:
    """Return means, and differences to the static list and to clicks with their intervals.

    Args:
        taken: turns. Shape: (people, policies)
    """
    names = list(_POLICIES)
    differences = {}
    for one, other in _PAIRS:
        values = taken[:, names.index(one)] - taken[:, names.index(other)]
        differences[f"{one} - {other}"] = [float(values.mean()), *interval(values)]
    return {
        "people": len(taken),
        "turns": {name: float(taken[:, at].mean()) for at, name in enumerate(names)},
        "differences": differences,
        "accepted": {
            name: [float((taken[:, at] <= turn).mean()) for turn in range(1, PATIENCE + 1)]
            for at, name in enumerate(names)
        },
    }


def _rows(name: str, by_revealed: dict[str, dict[str, Any]]) -> list[list[str]]:
    return [
        [
            f"{name}, {revealed} known",
            str(one["people"]),
            *(f"{one['turns'][policy]:.2f}" for policy in _POLICIES),
            *(
                "{:+.2f} ({:+.2f} to {:+.2f})".format(*one["differences"][" - ".join(pair)])
                for pair in _PAIRS
            ),
            " / ".join(f"{one['accepted'][policy][2]:.1%}" for policy in _POLICIES),
        ]
        for revealed, one in by_revealed.items()
    ]


def draw(found: dict[str, dict[str, Any]], path: Path) -> None:
    """Draw how many have accepted by each turn, a panel for each set."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    # Texts as texts and ids that don't change: the file stays small, and the same figures give the same file.
    pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "lam"})
    figure, panels = pyplot.subplots(1, len(found), figsize=(8, 3.2), sharey=True, layout="constrained")
    for panel, (name, by_revealed) in zip(panels, found.items(), strict=True):
        for policy, shares in by_revealed["0"]["accepted"].items():
            panel.plot(range(1, PATIENCE + 1), [100 * share for share in shares], label=policy)
        panel.set(title=f"{name}, nothing known at first", xlabel="turn", ylim=(0, 100))
        panel.set_xticks([1, 5, 10, 15, 20])
    panels[0].set_ylabel("people who have accepted, %")
    panels[0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()

"""Items that nobody has touched, and what looking for them costs the others."""

import dataclasses
from typing import Any

import numpy as np

from benchmarks import recommend_protocols as protocols
from benchmarks.code_hash import code_hash
from benchmarks.common import show
from benchmarks.figures import Run
from benchmarks.recommend_trials import ENCODE, PEERS, SEED, TRIALS, figures, judged, settings_of
from lam.recommend.evaluation import interval
from lam.recommend.models import MODELS
from lam.recommend.tuning import tune


def cold(run: Run) -> None:
    """Show lists of a fifth of the items, without any event of theirs: ours, and text nearest neighbours.

    The neighbours are tuned for just this; ours is what was tuned for each user's last items. Warm: the row
    of the last items, by ours and by ours with texts that say nothing of items.
    """
    tuned = judged(run, protocols.retail_last(run.quick), "hybrid")["settings"]
    key = {
        "code": code_hash("lam.recommend.models.hybrid", "lam.recommend.tuning"), "settings": tuned,
        "space": list(map(str, PEERS["text"][1]["power"])), "seed": SEED,
    }  # fmt: skip
    found = run.once("recommend-cold", key, lambda: _measure(run, tuned))
    ours, text, peer = (np.array(found[name]["ndcg@10"]) for name in ("hybrid", "text", "mean text"))
    rows = [[name, f"{np.mean(found[name]['ndcg@10']):.4f}"] for name in ("hybrid", "text", "mean text")]
    for name, other in (("text", text), ("mean text", peer)):
        low, high = interval(ours - 1.1 * other)
        rows.append(
            [
                f"hybrid / {name}",
                f"{ours.mean() / other.mean():.3f}; ours − 1.1 · theirs {low:+.4f} to {high:+.4f}",
            ]
        )
    warm, without = (np.array(found[name]["ndcg@10"]) for name in ("warm", "warm without"))
    rows += [["warm", f"{warm.mean():.4f}"], ["warm, texts say nothing of items", f"{without.mean():.4f}"]]
    rows.append(["warm loses", f"{1 - warm.mean() / without.mean():+.2%}"])
    show(f"Cold items, {len(ours)} users", ["", "NDCG@10"], rows)


def _measure(run: Run, tuned: dict[str, Any]) -> dict[str, Any]:
    history, items = protocols.retail_last(run.quick).test[0], protocols.retail_last(run.quick).items
    train, task = protocols.cold(history, SEED)
    inner, choice = protocols.cold(train, SEED + 1)
    start, space = PEERS["text"]
    best = tune(MODELS["text"], start, space, TRIALS, inner, items, choice, SEED, ENCODE)[0].settings
    settings = settings_of("hybrid", tuned)
    deaf = dataclasses.replace(settings, evidence=0.0)
    protocol = protocols.retail_last(run.quick)
    found = {}
    for label, name, one, (learned, judge) in (
        ("hybrid", "hybrid", settings, (train, task)),
        ("text", "text", best, (train, task)),
        ("mean text", "text", dataclasses.replace(start, power=1.0), (train, task)),
        ("warm", "hybrid", settings, (protocol.test[0], protocol.test[1]["all"])),
        ("warm without", "hybrid", deaf, (protocol.test[0], protocol.test[1]["all"])),
    ):
        found[label] = figures(MODELS[name].fit(learned, items, one, SEED, ENCODE), judge)
    return found

"""The curves of new users, as a picture in the documentation."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.figures import ROOT
from lam.recommend.evaluation import interval


def draw_curves(name: str, curves: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Write docs/recommend-NAME.svg: NDCG@10 over the number of known likings, with 95 % intervals."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = name  # the same figures give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6))
    for model, points in curves.items():
        places = [int(count) for count in points]
        bounds = np.array([interval(np.array(values)) for values in points.values()])
        means = [float(np.mean(values)) for values in points.values()]
        (line,) = axes.plot(
            places, means, marker="o", markersize=3, label=model, linewidth=2 if model == "hybrid" else 1
        )
        axes.fill_between(places, bounds[:, 0], bounds[:, 1], color=line.get_color(), alpha=0.12, linewidth=0)
    axes.set(xlabel="known likings of a new user", ylabel="NDCG@10", title=name, ylim=(0, None))
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / f"recommend-{name}.svg", metadata={"Date": None})
    pyplot.close(figure)

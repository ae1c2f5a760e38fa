"""How a team wants its recommender: the model, its limits, the ranking; from one YAML file."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from lam.places import DataError, Place
from lam.recommend.ranking import RankingSettings
from lam.yaml_nodes import YamlNodes, is_null


@dataclass(frozen=True)
class Policy:
    """What is decided about the recommender as a whole.

    Attributes:
        model: its name among `lam.recommend.models.MODELS`.
        influence: how much of an item's popularity one user may make up, in (0, 1].
        remember_days: after so long having shown an item in vain counts half.
        new_days: so long after its attribute `available_from` an item counts as new.
        cited: reasons that weigh less than this share of the weightiest aren't told, in [0, 1].
        ranking: diversity, exploration and the like.

    Raises:
        ValueError: a number is out of its range.
    """

    model: str = "hybrid"
    influence: float = 0.05
    remember_days: float = 14.0
    new_days: float = 30.0
    cited: float = 0.3
    ranking: RankingSettings = field(default_factory=RankingSettings)

    def __post_init__(self) -> None:
        shares = 0 < self.influence <= 1 and 0 <= self.cited <= 1
        if not (shares and self.remember_days > 0 and self.new_days > 0):
            raise ValueError(
                f"Expected an influence in (0, 1], cited in [0, 1] and days above 0; found {self}."
            )


def read_policy(path: Path) -> Policy:
    """Read a policy; what it doesn't say stays at the default.

    Raises:
        DataError: the file is missing or wrong; the message says in which line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{Place(path.name, 1)}: expected a policy, found: {error}.") from error
    nodes = YamlNodes(text, path.name, "a recommender's policy")
    content = nodes.content()
    ranking = content.pop("ranking", None)
    inner = {} if is_null(ranking) else nodes.mapping(ranking)
    try:
        return Policy(
            **_values(nodes, Policy(), content),
            ranking=RankingSettings(**_values(nodes, RankingSettings(), inner)),
        )
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{nodes.place(1)}: {error}") from error


def _values(nodes: YamlNodes, defaults: Any, given: dict[str, yaml.Node]) -> dict[str, Any]:
    """Return the values of a file's keys, each of the type of its default."""
    known = {one.name: type(getattr(defaults, one.name)) for one in fields(defaults)}
    values = {}
    for key, node in given.items():
        if key not in known or key == "ranking":
            nodes.fail(node, f" with keys among {', '.join(known)}, found {key!r}")
        word = nodes.words(node, key, node)
        try:
            values[key] = known[key](word)
        except ValueError:
            nodes.fail(node, f": {key} as {known[key].__name__}, found {word!r}")
    return values

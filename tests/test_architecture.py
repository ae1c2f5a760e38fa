"""The arrows between the folders, as they are drawn in docs/architecture.md, hold in the code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# These stand beside one another and never meet: who needs two of them is above them.
LIBRARY = {
    "understanding", "dialogue", "media", "knowledge", "recommend", "opinions",
    "sessions", "conversations", "feedback",
}  # fmt: skip
GROUND = {"settings", "types", "storage", "places", "yaml_nodes"}

# What each folder of lam may import from lam, besides itself.
MAY = (
    {"settings": set(), "types": set(), "places": {"types"}, "yaml_nodes": {"places"}}
    | {"storage": {"settings", "types"}, "encoder": GROUND}
    | {one: GROUND | {"encoder"} for one in LIBRARY}
    | {
        "reports": GROUND | {"understanding"},
        "components": GROUND | {"encoder", "understanding", "dialogue", "reports"},
        "workbench": GROUND | {"encoder", "understanding", "recommend", "reports"},
        "engine": GROUND | {"conversations", "feedback"},
        "edge": GROUND | {"sessions", "conversations", "feedback", "media"},
        "improve": GROUND | LIBRARY | {"encoder"},
    }
)

# Which folders may import somebody else's framework.
ONLY = {
    "rasa": {"lam/components", "lam/engine"},
    "rasa_sdk": {"actions", "lam/engine/action_server.py"},
    "sanic": {"lam/edge", "lam/console", "lam/engine"},
    "spacy": {"lam/components", "lam/understanding"},
    "torch": {"lam/encoder", "lam/understanding", "lam/dialogue", "lam/knowledge", "lam/media"},
    "implicit": {"lam/recommend"},
    "sqlalchemy": {"lam", "bank"},
}


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Return the full names of all modules that a file imports, wherever in it."""

    def names() -> Iterator[str]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (one.name for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: write imports in full, not relative ones"
                # `from lam import settings` imports a module, `from lam.settings import Settings` a name.
                yield from (f"{node.module}.{one.name}" for one in node.names)

    return tuple(names())


def _where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _under(where: str, places: set[str]) -> bool:
    return any(where == one or where.startswith(f"{one}/") for one in places)


@pytest.mark.parametrize("folder", sorted(MAY))
def test_arrows_point_one_way(folder: str) -> None:
    files = [ROOT / "lam" / f"{folder}.py", *_files(f"lam/{folder}")]
    for path in filter(Path.exists, files):
        for name in _imports(path):
            top, _, rest = name.partition(".")
            assert top not in ("actions", "bank"), f"{_where(path)} imports {name}: lam knows no bank"
            to = rest.split(".")[0]
            if top == "lam" and to not in ("", folder):
                assert to in MAY[folder], (
                    f"{_where(path)} imports {name}, expected one of {sorted(MAY[folder])}"
                )


@pytest.mark.parametrize("package", sorted(ONLY))
def test_frameworks_are_known_where_they_belong(package: str) -> None:
    for path in [*_files("lam"), *_files("actions"), *_files("bank")]:
        if any(name.split(".")[0] == package for name in _imports(path)):
            assert _under(_where(path), ONLY[package]), (
                f"{_where(path)} imports {package}, expected that only of {sorted(ONLY[package])}"
            )


def test_the_bank_stands_on_its_own() -> None:
    for path in _files("bank"):
        for name in _imports(path):
            assert name.split(".")[0] not in ("actions", "rasa", "rasa_sdk"), f"{_where(path)} imports {name}"
            if name.split(".")[0] == "lam":
                assert name.split(".")[1] in ("storage", "settings"), f"{_where(path)} imports {name}"


def test_actions_are_flat_and_leave_sql_to_the_libraries() -> None:
    for path in _files("actions"):
        assert path.parent == ROOT / "actions", f"{_where(path)}: actions/ is flat, one file a topic"
        assert not any(
            name.startswith(("sqlalchemy", "lam.edge", "lam.engine")) for name in _imports(path)
        ), path


def test_nothing_reads_a_pickle() -> None:
    for path in [*_files("lam"), *_files("actions"), *_files("bank")]:
        assert not {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"} & {
            name.split(".")[0] for name in _imports(path)
        }, f"{_where(path)} imports a pickle: keep safetensors, ONNX or JSON"


def test_the_reader_of_imports_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text("import a.b\ndef f():\n    from c import d\n    from lam import settings\n")
    assert _imports(path) == ("a.b", "c.d", "lam.settings")

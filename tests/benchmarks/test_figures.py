"""Figures are found once, and those of full runs stay in the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.code_hash import code_hash
from benchmarks.figures import Run
from benchmarks.sheet import Bar, Line, Sheet, mean_interval


class Work:
    """Something that takes its time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        return {"accuracy": self.times / 10}


def test_the_same_key_is_not_measured_again(tmp_path: Path) -> None:
    run, work = Run(home=tmp_path), Work()
    assert [run.once("some", {"seed": 1}, work) for _ in range(2)] == [{"accuracy": 0.1}] * 2
    assert run.once("some", {"seed": 2}, work) == {"accuracy": 0.2}
    assert run.once("some", {"seed": 1}, work) == {"accuracy": 0.3}  # the newest one is kept
    assert run.once("other", {"seed": 1}, work) == {"accuracy": 0.4}


@pytest.mark.parametrize(
    ("run", "kept"),
    [(Run(), True), (Run(diet=True), True), (Run(quick=True), False), (Run(changes={"a": 1}), False)],
)
def test_only_full_figures_go_into_the_repository(run: Run, kept: bool, tmp_path: Path) -> None:
    here = Run(run.quick, run.diet, run.changes, tmp_path)
    here.once("some", {}, Work())
    (file,) = tmp_path.rglob("*.json")
    assert file.relative_to(tmp_path).as_posix() == (
        "benchmarks/kept/some.json" if kept else "results/some.json"
    )


def test_a_file_tells_where_its_figures_come_from(tmp_path: Path) -> None:
    Run(home=tmp_path).once("some", {"code": code_hash()}, Work())
    found = json.loads((tmp_path / "benchmarks" / "kept" / "some.json").read_text())
    assert found["key"] == {"code": code_hash()} and found["figures"] == {"accuracy": 0.1}
    assert found["made"].keys() == {"date", "cores", "cpu", "busy", "versions"}
    assert found["made"]["versions"]["torch"]


def test_an_interruption_leaves_the_figures_before(tmp_path: Path) -> None:
    run = Run(home=tmp_path)
    run.once("some", {"seed": 1}, Work())

    def interrupted() -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.once("some", {"seed": 2}, interrupted)
    assert run.once("some", {"seed": 1}, interrupted) == {"accuracy": 0.1}


def test_prose_may_change_beside_figures_and_code_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, other, far = (tmp_path / "lam" / f"{name}.py" for name in ("one", "two", "three"))
    module.parent.mkdir()
    (module.parent / "__init__.py").touch()
    monkeypatch.setattr("benchmarks.code_hash.lam.__file__", str(module.parent / "__init__.py"))

    def hashed(text: str, second: str = "B = 2") -> str:
        module.write_text(text)
        other.write_text(second)
        far.write_text("C = 3")
        code_hash.cache_clear()
        return code_hash("lam.one")

    first = hashed('"""What."""\nfrom lam.two import B\n\ndef f():\n    """Does."""\n    return B  # so\n')
    assert first == hashed(
        '"""Other."""\nfrom lam.two import B\n# why\ndef f():\n    """Told."""\n    return B\n'
    )
    assert first != hashed(
        '"""What."""\nfrom lam.two import B\n\ndef f():\n    """Does."""\n    return B + 1\n'
    )
    inside = "def f():\n    import lam.two\n"
    assert hashed(inside) != hashed(inside, "B = 3")
    far.unlink()
    code_hash.cache_clear()
    assert code_hash("lam.one")  # nothing imports it
    code_hash.cache_clear()


def test_a_figure_stands_beside_its_bar(capsys: pytest.CaptureFixture[str]) -> None:
    bar, low = Bar(94.2, 95.0), Bar(2.0, 1.5, low=True)
    assert [bar.reached(one) for one in (95.0, 94.2, 94.19)] == ["goal", "must", "missed"]
    assert [low.reached(one) for one in (1.5, 2.0, 2.01)] == ["goal", "must", "missed"]
    lines = [Line("accuracy %", [[94.0, 95.0], None], bar), Line("seconds", [[300.0], [60.0]], places=0)]
    Sheet("Some", ["lam", "a peer"], lines).show()
    told = capsys.readouterr().out
    assert (
        "94.50 ± 6.36" in told and "≥ 94.2 / 95" in told and "must" in told and "–" in told and "300" in told
    )


def test_an_interval_is_students() -> None:
    assert mean_interval([1.0, 2.0, 3.0]) == "2.00 ± 2.48"
    assert mean_interval([2.0], 1) == "2.0"

"""Documentation is a test: every setting and every command is told of, and every link leads somewhere."""

import importlib.util
import re
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def test_every_setting_is_documented() -> None:
    spec = importlib.util.spec_from_file_location("settings_doc", ROOT / "scripts" / "settings_doc.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == module.settings_page(), "run: .venv/bin/python scripts/settings_doc.py"


def test_every_command_is_documented() -> None:
    from lam.cli import app

    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"lam {name}" in text, f"no page tells of `lam {name}`"


def test_the_page_on_understanding_is_complete() -> None:
    from lam.cli import app
    from lam.understanding import Recipe

    page = (ROOT / "docs" / "understanding.md").read_text(encoding="utf-8")
    for name in get_command(app).commands["understand"].commands:  # type: ignore[attr-defined]
        assert f"lam understand {name}" in page, (
            f"docs/understanding.md doesn't tell of `lam understand {name}`"
        )
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", page, re.MULTILINE))
    defaults = {one.name: str(one.default) for one in fields(Recipe)}
    assert told == defaults, "docs/understanding.md: a row `key` | `default` for each key of a recipe"


def test_the_page_on_the_recommender_is_complete() -> None:
    from lam.cli import app
    from lam.recommend.events import WEIGHTS
    from lam.recommend.models import MODELS
    from lam.recommend.policy import Policy
    from lam.recommend.ranking import RankingSettings

    page = (ROOT / "docs" / "recommend.md").read_text(encoding="utf-8")
    for name in get_command(app).commands["recommend"].commands:  # type: ignore[attr-defined]
        assert f"lam recommend {name}" in page, f"docs/recommend.md doesn't tell of `lam recommend {name}`"
    settings = {one.name for one in (*fields(Policy), *fields(RankingSettings))}
    told = {"model", "ranking", *re.findall(r"`(\w+)`", page)}
    assert {*WEIGHTS, *MODELS, *settings} <= told, sorted({*WEIGHTS, *MODELS, *settings} - told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^    .*|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"

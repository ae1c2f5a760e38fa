"""What the action server does before it listens."""

import asyncio
from pathlib import Path

import pytest
from sanic import Sanic

from lam.engine.action_server import action_server
from lam.settings import Secret


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Sanic keeps each app by its name."""
    Sanic._app_registry.clear()


@pytest.mark.parametrize(("code", "warm"), [("def warm_up():\n    done.append(1)\n", [1]), ("", [])])
async def test_a_package_is_warmed_up_before_its_server_listens(
    code: str, warm: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bug: the first customer who asked for advice waited until the recommender had learned."""
    package = "warmed" if code else "cold"
    (tmp_path / f"{package}.py").write_text(f"done = []\n{code}")
    monkeypatch.syspath_prepend(str(tmp_path))
    app = action_server(package, Secret("k"))
    app.signalize()
    await app._server_event("init", "before", loop=asyncio.get_running_loop())
    assert __import__(package).done == warm

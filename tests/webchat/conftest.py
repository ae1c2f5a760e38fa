"""The real page in Chromium, the real edge, a fake engine."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from ..edge.conftest import codes, domain, engine, sessions, settings  # noqa: F401  (fixtures)
from ..edge.running import ROOT, running_edge

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/webchat/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture
async def address(settings, domain) -> AsyncIterator[str]:  # noqa: F811
    async with running_edge(settings, domain, ROOT / "webchat") as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        await launched.close()


@pytest.fixture
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The open page; the test fails when the browser reports an error of ours."""
    context = await browser.new_context(viewport={"width": 1366, "height": 860})
    opened = await context.new_page()
    opened.set_default_timeout(8000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda one: errors.append(one.text) if "Content Security" in one.text else None)
    await opened.goto(address)
    yield opened
    await context.close()
    assert errors == []

"""Page, health, headers, the parts that need no conversation."""

import logging

import pytest

from lam.edge import create_app
from lam.edge.words import read_words
from lam.settings import SettingError, Settings

from .fake_engine import FakeEngine
from .running import ROOT, Client


async def test_the_page_is_served_with_safe_headers(client: Client) -> None:
    async with client.http.get(f"{client.address}/") as response:
        assert response.status == 200 and "<title>chat" in await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe-inline" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in response.headers
    async with client.http.get(f"{client.address}/webchat/chat.js") as response:
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        tag = {"If-None-Match": response.headers["ETag"]}
    async with client.http.get(f"{client.address}/webchat/chat.js", headers=tag) as response:
        assert response.status == 304


async def test_errors_and_streams_have_the_headers_too(client: Client) -> None:
    for path in ("/nothing", "/api/history", "/api/events"):
        async with client.http.get(client.address + path, headers=client.headers) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_readiness_names_who_is_missing(client: Client, engine: FakeEngine) -> None:
    assert (await client.call("GET", "/health/live"))[1] == {"status": "live"}
    status, body, _ = await client.call("GET", "/health/ready")
    assert (status, body) == (200, {"status": "ready", "engine": "ready", "actions": "ready"})
    engine.engine_ready = False
    status, body, _ = await client.call("GET", "/health/ready")
    assert (status, body) == (503, {"status": "starting", "engine": "starting", "actions": "ready"})
    await engine.stop()
    assert (await client.call("GET", "/health/ready"))[1]["actions"] == "starting"


async def test_the_log_has_no_texts_and_no_tokens(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await client.say("my secret wish")
    await client.answers(1)
    assert any("POST /api/messages 202" in one for one in caplog.messages)
    assert not any("secret wish" in one or client.token in one for one in caplog.messages)


def test_a_missing_sentence_or_key_stops_the_start(tmp_path, settings: Settings) -> None:
    domain = tmp_path / "empty.yml"
    domain.write_text("responses: {}")
    with pytest.raises(SettingError, match="utter_still_working"):
        read_words(domain)
    with pytest.raises(SettingError, match="none"):
        read_words(tmp_path / "none.yml")
    with pytest.raises(SettingError, match="LAM_SESSION_KEY"):
        create_app(Settings())


def test_the_bot_has_the_edge_s_sentences() -> None:
    words = read_words(ROOT / "domain.yml")
    assert words.still_working and words.failed

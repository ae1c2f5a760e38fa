"""A person at the chat: writing, pressing, rating, reloading, signing in, losing the connection."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import jwt
from playwright.async_api import Browser, Locator, Page, Route, expect

from lam.feedback import Feedback
from lam.sessions import Sessions
from lam.settings import Settings
from lam.storage import open_database

from ..edge.conftest import Codes
from ..edge.fake_engine import FakeEngine
from ..edge.running import ROOT, running_edge, wait_until


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.keyboard.press("Enter")


def bot(page: Page) -> Locator:
    return page.locator(".line.bot .bubble")


def user(page: Page) -> Locator:
    return page.locator(".line.user .bubble")


def slow(seconds: float) -> Callable[[Route], Awaitable[None]]:
    """Let answers of the server come late."""

    async def handle(route: Route) -> None:
        response = await route.fetch()
        await asyncio.sleep(seconds)
        await route.fulfill(response=response)

    return handle


async def lose(route: Route) -> None:
    """Let the server do what it is asked, and lose its answer."""
    await route.fetch()
    await route.abort()


async def test_a_conversation_and_what_is_left_of_it_after_a_reload(page: Page, engine: FakeEngine) -> None:
    await expect(page.get_by_text("How can I help?")).to_be_visible()
    engine.delay = 0.5
    await say(page, "hello")
    await expect(page.locator(".typing")).to_be_visible()
    await expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    await expect(bot(page)).to_have_text(["still working", "echo: hello"])
    await expect(page.locator(".typing")).to_be_hidden()
    engine.delay = 0
    await say(page, "menu")
    await page.get_by_role("button", name="Save").click()
    await expect(bot(page)).to_have_text(
        ["still working", "echo: hello", "echo: menu", 'echo: /save{"a": 1}']
    )
    await expect(user(page)).to_have_text(["hello", "menu", "Save"])
    assert engine.seen[-1]["trusted"] is True
    await page.reload()
    await expect(user(page)).to_have_text(["hello", "menu", "Save"])
    await page.get_by_role("button", name="My balance").click()
    await expect(bot(page).last).to_have_text("echo: /balance")
    assert len(engine.seen) == 4


async def test_ratings_are_kept_shown_and_changed(page: Page, settings: Settings) -> None:
    ratings = Feedback(open_database(settings.url("learning")))
    await say(page, "hello")
    down, up = page.get_by_label("Bad answer"), page.get_by_label("Good answer")
    await down.click()
    await page.get_by_label("What was wrong?").fill("not my question")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Thank you.")).to_be_visible()
    assert [(one.value, one.reason, one.user_text) for one in ratings.list()] == [
        ("down", "not my question", "hello")
    ]
    await page.reload()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await up.click()
    await expect(page.get_by_text("Thank you.")).to_be_visible()
    await expect(up).to_have_attribute("aria-pressed", "true")
    await expect(down).to_have_attribute("aria-pressed", "false")
    assert [one.value for one in ratings.list()] == ["up"]


async def test_nothing_that_is_said_becomes_markup(page: Page) -> None:
    text = "<img src=x onerror=alert(1)> javascript:alert(1) https://example.org/a?b=1. data:text/html,x"
    await say(page, text)
    await expect(bot(page)).to_have_text([f"echo: {text}"])
    assert await page.locator(".log img").count() == 0
    links = page.locator(".log .bot a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.org/a?b=1")
    await expect(links).to_have_attribute("rel", "noopener noreferrer")


async def test_cards_are_shown_and_their_buttons_work(page: Page, engine: FakeEngine) -> None:
    await say(page, "cards")
    await expect(page.locator(".card h3")).to_have_text(["Linden Saver", "Green Fund"])
    await page.get_by_role("button", name="Tell me more").click()
    await expect(bot(page).last).to_have_text("echo: /more")


async def test_signing_in_and_out(page: Page, sessions: Sessions, codes: Codes, engine: FakeEngine) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    sessions.challenge(engine.seen[0]["conversation"], "10000001")
    await say(page, codes.sent[0][1])
    await expect(user(page).last).to_have_text("••••••")
    sign_out = page.get_by_role("button", name="Sign out")
    await expect(sign_out).to_be_visible()
    # Somebody else signs in: their conversation is a new one, and the old one is not on the screen.
    sessions.challenge(engine.seen[0]["conversation"], "10000002")
    await say(page, codes.sent[1][1])
    await expect(user(page)).to_have_text(["••••••"])
    await expect(bot(page)).to_have_text(["echo: /sign_in"])
    assert engine.seen[-1]["conversation"] != engine.seen[0]["conversation"]
    await sign_out.click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await expect(sign_out).to_be_hidden()
    await expect(user(page)).to_have_count(0)
    await say(page, "hello again")
    await expect(bot(page)).to_have_text(["echo: hello again"])


async def test_a_sign_in_whose_answer_is_lost_signs_in(
    page: Page, sessions: Sessions, codes: Codes, engine: FakeEngine
) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    sessions.challenge(engine.seen[0]["conversation"], "10000001")
    await page.route("**/api/messages", lose, times=1)
    await say(page, codes.sent[0][1])
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await expect(user(page)).to_have_text(["hello", "••••••"])
    await expect(bot(page)).to_have_text(["echo: hello", "echo: /present_code"])


async def test_what_is_sent_again_is_for_the_conversation_that_it_was_for(
    page: Page, engine: FakeEngine
) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)

    async def lose_and_change_the_session(route: Route) -> None:
        await route.fetch()
        # As another tab does; this one hears of it by an event, which is not sent to who changed it.
        await page.evaluate(
            """async () => {
                const body = await (await fetch("/api/session", { method: "POST" })).json();
                localStorage.setItem("lam.session", body.token);
            }"""
        )
        await route.abort()

    await page.route("**/api/messages", lose_and_change_the_session, times=1)
    await say(page, "once")
    await expect(page.locator(".line.user[data-state=sent]")).to_have_count(2)
    await expect(bot(page)).to_have_text(["echo: hello", "echo: once"])
    assert [one["text"] for one in engine.seen] == ["hello", "once"]


async def test_signing_out_by_words_clears_the_screen(
    page: Page, sessions: Sessions, engine: FakeEngine
) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    sessions.bind(engine.seen[0]["conversation"], "10000001")
    await say(page, "my balance")
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    engine.delay = 0.3
    await say(page, "log me out")
    await wait_until(lambda: len(engine.seen) == 3)
    sessions.sign_out(engine.seen[0]["conversation"])
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await expect(user(page)).to_have_count(0)
    await expect(bot(page)).to_have_count(0)
    await expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


async def test_two_tabs_stay_together_when_another_customer_signs_in(
    page: Page, sessions: Sessions, codes: Codes, engine: FakeEngine
) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(bot(other)).to_have_count(1)
    sessions.bind(engine.seen[0]["conversation"], "10000001")
    sessions.challenge(engine.seen[0]["conversation"], "10000002")
    await page.route("**/api/messages", slow(1))
    await say(page, codes.sent[0][1])
    for tab in (page, other):
        await expect(user(tab)).to_have_text(["••••••"])
        await expect(bot(tab)).to_have_text(["echo: /sign_in"])
        await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
        await expect(tab.locator(".line.page")).to_have_count(0)


async def test_what_is_said_before_there_is_a_session_waits_for_it(
    browser: Browser, address: str, engine: FakeEngine
) -> None:
    page = await browser.new_page()
    minted: list[str] = []
    page.on("request", lambda one: minted.append(one.url) if one.url.endswith("/api/session") else None)
    await page.route("**/api/session", slow(0.5))
    await page.goto(address)
    await page.locator(".topics").get_by_role("button", name="Send money").click()
    await expect(bot(page)).to_have_text(["echo: I'd like to send money"])
    await expect(user(page)).to_have_text(["I'd like to send money"])
    await expect(page.locator(".line.page")).to_have_count(0)
    assert len(minted) == 1 == len(engine.seen)


async def test_what_is_said_before_the_history_is_there_stays(page: Page) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    await page.route("**/api/history", slow(0.5))
    await page.reload()
    await say(page, "early")
    await expect(user(page)).to_have_text(["early"])
    await expect(user(page)).to_have_text(["hello", "early"])
    await expect(bot(page)).to_have_text(["echo: hello", "echo: early"])


async def test_a_page_that_names_its_customer_keeps_the_session_though_it_comes_from_a_cache(
    browser: Browser, address: str, settings: Settings, engine: FakeEngine
) -> None:
    now = datetime.now(UTC)
    claims = {"sub": "10000001", "iat": now, "exp": now + timedelta(minutes=2), "jti": "once"}
    identity = jwt.encode(claims, settings.embed_key.reveal(), "HS256")

    async def embed(route: Route) -> None:
        response = await route.fetch()
        body = (await response.text()).replace(
            'data-part="panel"', f'data-part="panel" data-identity="{identity}"'
        )
        await route.fulfill(response=response, body=body)

    page = await browser.new_page()
    await page.route(f"{address}/", embed)
    # The answer to the identity is lost once: it is the second request, after the one for a session.
    asked: list[int] = []

    async def lose_second(route: Route) -> None:
        asked.append(1)
        await (lose(route) if len(asked) == 2 else route.continue_())

    await page.route("**/api/session", lose_second)
    await page.goto(address)
    sign_out = page.get_by_role("button", name="Sign out")
    await expect(sign_out).to_be_visible()
    await say(page, "hello")
    await expect(bot(page)).to_have_text(["echo: hello"])
    await page.reload()
    await expect(bot(page)).to_have_text(["echo: hello"])
    await expect(sign_out).to_be_visible()
    await sign_out.click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("How can I help?")).to_be_visible()
    await expect(sign_out).to_be_hidden()


async def test_a_token_that_no_longer_opens_anything_begins_anew(page: Page) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    await page.evaluate("localStorage.setItem('lam.session', 'nonsense')")
    await say(page, "and now?")
    await expect(bot(page).last).to_have_text("echo: and now?")
    await page.evaluate("localStorage.setItem('lam.session', 'nonsense')")
    await page.reload()
    await expect(page.get_by_text("How can I help?")).to_be_visible()


async def test_keyboard_alone(page: Page) -> None:
    await expect(page.get_by_label("Your message")).to_be_focused()
    await page.keyboard.type("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lines")
    await page.keyboard.press("Enter")
    await expect(bot(page)).to_have_text(["echo: two\nlines"])
    await page.keyboard.press("Escape")
    await expect(page.locator("#chat")).to_be_hidden()
    await expect(page.get_by_role("button", name="Open the chat")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your message")).to_be_focused()


async def test_on_a_phone_the_chat_fills_the_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    await say(page, "w" * 300)
    await expect(bot(page)).to_have_count(1)
    chat = page.locator("#chat")
    await chat.evaluate("chat => Promise.all(chat.getAnimations().map(one => one.finished))")
    box = await chat.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert await page.locator(".scroller").evaluate("one => one.scrollWidth <= one.clientWidth")
    await page.get_by_role("button", name="Close the chat").click()
    await page.get_by_role("button", name="Talk to Lina").click()
    await expect(page.locator("#chat")).to_be_visible()


async def test_it_says_when_the_assistant_starts(browser: Browser, address: str, engine: FakeEngine) -> None:
    engine.engine_ready = False
    page = await browser.new_page()
    await page.goto(address)
    await expect(page.get_by_text("The assistant is starting.")).to_be_visible()
    engine.engine_ready = True
    await expect(page.get_by_text("The assistant is starting.")).to_be_hidden()


async def test_what_is_said_while_the_line_is_down_arrives_once(
    browser: Browser, settings: Settings, domain, engine: FakeEngine
) -> None:
    page = await browser.new_page()
    async with running_edge(settings, domain, ROOT / "webchat") as address:
        await page.goto(address)
        await say(page, "one")
        await expect(bot(page)).to_have_text(["echo: one"])
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await say(page, "two")
    await say(page, "three")
    await expect(page.get_by_text("Not sent yet")).to_be_visible()
    async with running_edge(settings, domain, ROOT / "webchat"):
        await page.get_by_role("button", name="Try now").click()
        await expect(bot(page)).to_have_text(["echo: one", "echo: two", "echo: three"], timeout=15_000)
        await expect(page.get_by_text("Reconnecting…")).to_be_hidden(timeout=15_000)
        await expect(page.get_by_text("Not sent yet")).to_be_hidden()
        await page.close()
    assert [one["text"] for one in engine.seen] == ["one", "two", "three"]


async def test_a_second_tab_shows_the_same_conversation(page: Page) -> None:
    await say(page, "hello")
    await expect(bot(page)).to_have_count(1)
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(bot(other)).to_have_text(["echo: hello"])
    await say(other, "from the other tab")
    await expect(bot(other)).to_have_count(2)
    await expect(user(page)).to_have_text(["hello", "from the other tab"])
    await expect(bot(page)).to_have_count(2)

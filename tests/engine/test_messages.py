"""What the engine lets in."""

import json

import pytest

from lam.engine.messages import LONGEST_TEXT, InvalidMessage, plain, read_message


def body(**fields) -> bytes:
    return json.dumps({"conversation": "c1", "message": "m1", "text": "hello", **fields}).encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", "hello"),
        ("  hello ", "hello"),
        ('/order{"size": "L"}', 'order{"size": "L"}'),
        ("\u2003 /\t/ /restart", "restart"),
        ("\x1c/restart", "restart"),
        ("/", "?"),
        (" / / ", "?"),
        ("24/7", "24/7"),
    ],
)
def test_plain_text_is_never_an_intent(text, expected):
    assert plain(text) == expected
    assert not plain(text).strip().startswith("/")


def test_payloads_that_the_bot_offered_stay():
    assert read_message(body(text='/order{"size":"L"}', trusted=True)).text == '/order{"size":"L"}'


def test_unstorable_characters_are_replaced():
    assert read_message(b'{"conversation":"c","message":"m","text":"a\\ud800\\u0000b"}').text == "a��b"
    assert read_message(body(text="😀")).text == "😀"


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"1" * 10_000,
        b"[" * 100_000,
        body(text=""),
        body(text=1),
        body(text=None),
        body(text="a" * (LONGEST_TEXT + 1)),
        body(trusted="yes"),
        body(conversation=""),
        body(conversation={}),
        body(conversation="a" * 256),
        body(conversation="a\u0000"),
        b'{"conversation":"\\ud800","message":"m","text":"t"}',
        b'{"conversation":"c","message":"\\ud800","text":"t"}',
        b'{"conversation":"c","message":7,"text":"t"}',
    ],
    ids=range(19),
)
def test_everything_else_is_refused_in_words(wrong):
    with pytest.raises(InvalidMessage, match="xpected"):
        read_message(wrong)

"""Examples from Rasa's stories: what counts as a turn of the bot, and what is safe to learn behind it."""

from pathlib import Path

import pytest

from lam.types import Example, Span
from lam.understanding.corpus.domain import Domain, read_domain
from lam.understanding.corpus.reader import DataError, read_examples
from lam.understanding.corpus.stories import read_stories

ROOT = Path(__file__).parents[2]

DOMAIN = """
version: "3.1"
intents: [affirm, inform]
responses:
  utter_hello: [{text: "Hello!"}]
  utter_offer:
    - text: "Shall I send {amount_of_money}{currency} to {payee}?"
      buttons: [{title: "Yes", payload: /affirm}]
    - text: |
        Do you want it?
  utter_picture: [{image: "cat.png"}, {text: ""}, {text: null}]
  utter_ask_pay_form_payee: [{text: "To whom?"}]
  utter_ask_amount: [{text: "How much?"}]
  utter_ask_date: [{text: "When?"}]
forms:
  pay_form: {required_slots: [payee, amount, date, secret]}
  old_form:
    required_slots:
      amount: [{type: from_text}]
  bare_form:
actions:
  - action_look
  - action_ask_pay_form_date
  - action_ask_secret: {send_domain: true}
"""
KNOWN = [
    Example("yes", "affirm"),
    Example("no", "deny"),
    Example("Anna", "inform", (Span(0, 4, "payee", "Anna"),)),
    Example("fifty", "inform"),
    Example("stop", "cancel"),
    Example("ok", "affirm"),
    Example("OK", "thank"),  # two intents: it says nothing by itself
    Example("thanks", "thank"),
    Example("please stop that, I have changed my mind about all of it", "cancel"),
]


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Domain:
    path = tmp_path_factory.mktemp("domain") / "domain.yml"
    path.write_text(DOMAIN)
    return read_domain(path)


def found(
    tmp_path: Path, domain: Domain, content: str, known: list[Example] = KNOWN
) -> set[tuple[str, str, str]]:
    """(the bot's turn, text, intent) of each example that a file gives."""
    path = tmp_path / "stories.yml"
    path.write_text(content)
    examples = [one for one, _ in read_stories([path], domain, known)]
    assert len(examples) == len({*examples})
    return {(one.context, one.text, one.intent) for one in examples}


def story(*steps: str) -> str:
    return "\n".join(["stories:", "- story: one", "  steps:", *(f"  - {one}" for one in steps)])


def test_a_domain_says_what_the_bot_says(domain: Domain) -> None:
    assert domain.responses["utter_offer"] == (
        "Shall I send amount of money currency to payee?", "Do you want it?",
    )  # fmt: skip
    assert domain.responses["utter_picture"] == ()
    assert domain.forms == {
        "pay_form": ("payee", "amount", "date", "secret"), "old_form": ("amount",), "bare_form": (),
    }  # fmt: skip
    assert domain.questions("pay_form") == ("To whom?", "How much?")  # of the others code asks
    assert domain.question("old_form", "date") == ("When?",)
    assert domain.question("", "colour") == ()


def test_a_domain_may_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("responses:\n  utter_a: [{text: A}]\nforms: [x_form]\n")
    (tmp_path / "two.yaml").write_text("responses:\n  utter_b: [{text: B}]\nactions: [action_c]\n")
    (tmp_path / "empty.yml").write_text("")
    domain = read_domain(tmp_path)
    assert domain == Domain({"utter_a": ("A",), "utter_b": ("B",)}, {"x_form": ()}, frozenset(["action_c"]))


def test_an_intent_behind_a_question_gives_short_examples_of_it(tmp_path: Path, domain: Domain) -> None:
    content = story("intent: inform", "action: utter_hello", "action: utter_offer", "intent: affirm")
    assert found(tmp_path, domain, content) == {
        ("Hello! Shall I send amount of money currency to payee?", "yes", "affirm"),
        ("Hello! Do you want it?", "yes", "affirm"),
    }
    # Long ones are complete in themselves; nlu_fallback and slips have no examples.
    for intent, texts in (("cancel", {"stop"}), ("nlu_fallback", set()), ("afirm", set())):
        content = story("action: utter_hello", f"intent: {intent}")
        assert {text for _, text, _ in found(tmp_path, domain, content)} == texts


def test_the_entities_that_a_step_names_are_those_of_its_examples(tmp_path: Path, domain: Domain) -> None:
    ask = ("action: utter_ask_amount", "intent: inform")
    for entities, texts in (
        ("", {"fifty"}),
        ("\n    entities: [payee]", {"Anna"}),
        ("\n    entities: [{payee: Ben, role: to}]", {"Anna"}),
        ("\n    entities: [{payee: Ben}, {amount: 3}]", set()),
    ):
        content = story(ask[0], ask[1] + entities)
        assert {text for _, text, _ in found(tmp_path, domain, content)} == texts


def test_of_many_examples_a_few_are_drawn_and_the_same_each_time(tmp_path: Path, domain: Domain) -> None:
    many = [Example(f"yes {n}", "affirm") for n in range(50)]
    path = tmp_path / "stories.yml"
    path.write_text(story("action: utter_offer", "intent: affirm", "action: utter_hello", "intent: affirm"))
    drawn = read_stories([path], domain, many)
    assert len(drawn) == 9 and len({one.text for one, _ in drawn}) > 3  # three behind each of three turns
    assert read_stories([path], domain, many) == drawn != read_stories([path], domain, many, seed=2)


def test_texts_of_a_story_have_its_intent_or_that_of_the_same_words(tmp_path: Path, domain: Domain) -> None:
    content = story(
        "action: utter_hello",
        'user: "pay [Ben](payee), please do it today and not tomorrow"\n    intent: inform',
        "action: utter_ask_amount",
        "user: |\n      Fifty",
        "action: utter_ask_amount",
        "user: who knows what this means",
        "action: utter_ask_amount",
        "user: ok",  # affirm or thank
        "action: utter_hello",
        'user: |\n      /affirm{"a": "b"}\n    intent: affirm',
        "action: utter_hello",
        "user: yeah\n    intent: afirm",  # a slip makes no intent
    )
    assert found(tmp_path, domain, content) == {
        ("Hello!", "pay Ben, please do it today and not tomorrow", "inform"),
        ("How much?", "Fifty", "inform"),
    }
    (tmp_path / "stories.yml").write_text(content)
    located = read_stories([tmp_path / "stories.yml"], domain, KNOWN)
    assert [str(place) for _, place in located] == ["stories.yml:5", "stories.yml:9"]
    assert located[0][0].spans == (Span(4, 7, "payee", "Ben"),)


def test_a_turn_that_nobody_knows_teaches_nothing(tmp_path: Path, domain: Domain) -> None:
    unknown = [
        ["intent: affirm"],  # a conversation's beginning
        ["action: utter_offer", "action: action_look", "intent: affirm"],
        ["action: utter_gone", "intent: affirm"],
        ["action: utter_offer", "checkpoint: later", "intent: affirm"],
        ["checkpoint: later", "user: yes\n    intent: affirm"],
        ["action: utter_picture", "intent: affirm"],
        ["action: utter_offer", "intent: deny", "intent: affirm"],  # of deny alone
        ["action: utter_offer", "action: bare_form", "active_loop: bare_form", "intent: affirm"],
    ]
    for steps in unknown:
        assert not [one for one in found(tmp_path, domain, story(*steps)) if one[2] == "affirm"], steps


def test_what_is_said_behind_an_action_of_code_counts(tmp_path: Path, domain: Domain) -> None:
    said = ["action: utter_offer", "action: action_look", "action: utter_hello", "action: utter_picture"]
    silent = ["slot_was_set:\n    - a: b\n    - c", "metadata: {x: 1}", "active_loop: null"]
    asked = ['bot: "Sure?"', "intent: affirm"]
    assert found(tmp_path, domain, story(*said, *silent, *asked)) == {("Hello! Sure?", "yes", "affirm")}


def test_an_alternative_gives_what_each_of_its_intents_does(tmp_path: Path, domain: Domain) -> None:
    content = story(
        "action: utter_hello",
        "or:\n    - slot_was_set: [{a: b}]\n    - slot_was_set: [{a: c}]",
        "or:\n    - intent: affirm\n    - intent: deny\n    - user: bye\n      intent: thank",
        "intent: cancel",
    )
    assert found(tmp_path, domain, content) == {
        ("Hello!", "yes", "affirm"), ("Hello!", "no", "deny"), ("Hello!", "bye", "thank"),
    }  # fmt: skip


FORM = ["action: pay_form", "active_loop: pay_form"]


def turns(tmp_path: Path, domain: Domain, *steps: str) -> set[str]:
    """What the bot has said before the step `intent: cancel`."""
    cancels = found(tmp_path, domain, story(*steps, "intent: cancel"))
    return {turn for turn, _, intent in cancels if intent == "cancel"}


def test_a_form_asks_for_the_slot_that_is_requested(tmp_path: Path, domain: Domain) -> None:
    def requested(slot: str) -> str:
        return f"slot_was_set:\n    - requested_slot: {slot}"

    assert turns(tmp_path, domain, *FORM) == {"To whom?", "How much?"}
    assert turns(tmp_path, domain, *FORM, requested("amount")) == {"How much?"}
    assert turns(tmp_path, domain, *FORM, requested("payee"), requested("amount")) == {"How much?"}
    assert turns(tmp_path, domain, *FORM, requested("date")) == set()  # code asks, who knows how
    assert turns(tmp_path, domain, requested("date")) == {"When?"}  # of no form, or another one
    again = [*FORM, requested("amount"), "intent: thank", "action: utter_hello", "action: pay_form"]
    assert turns(tmp_path, domain, *again) == {"Hello! To whom?", "Hello! How much?"}
    assert turns(tmp_path, domain, *again, requested("amount")) == {"Hello! How much?"}
    answered = [*FORM, requested("payee"), "intent: inform", "slot_was_set: [{payee: Ben}]"]
    assert turns(tmp_path, domain, *answered, requested("amount")) == {"How much?"}


def test_a_form_that_is_complete_has_asked_nothing(tmp_path: Path, domain: Domain) -> None:
    for done in (["active_loop: null"], ["slot_was_set: [{requested_slot: null}]"], []):
        assert turns(tmp_path, domain, *FORM, *done, "action: utter_hello") == {"Hello!"}
    assert turns(tmp_path, domain, *FORM, "active_loop: null") == set()


RULE = """
rules:
- rule: cancelled
  condition:
  - slot_was_set: [{{requested_slot: {slot}}}]
  - active_loop: {form}
  steps:
  - {step}
  - intent: cancel
"""


def test_a_rule_within_a_form_begins_behind_its_question(tmp_path: Path, domain: Domain) -> None:
    def begun(form: str, slot: str = "null", step: str = "metadata: x") -> set[str]:
        return {turn for turn, *_ in found(tmp_path, domain, RULE.format(form=form, slot=slot, step=step))}

    assert begun("old_form", "amount") == begun("pay_form", "amount") == {"How much?"}
    assert begun("pay_form", "date") == begun("null") == begun("no_form") == set()
    assert begun("pay_form", "amount", "action: utter_hello") == {"Hello!"}
    rule = RULE.replace("  - slot_was_set: [{{requested_slot: {slot}}}]\n", "")
    content = rule.format(form="pay_form", step="metadata: x")
    assert {turn for turn, *_ in found(tmp_path, domain, content)} == {"To whom?", "How much?"}


def test_nothing_is_drawn_against_what_is_labelled(tmp_path: Path, domain: Domain) -> None:
    content = story("action: utter_ask_amount", "intent: affirm")
    assert found(tmp_path, domain, content) == {("How much?", "yes", "affirm")}
    labelled = [*KNOWN, Example("Yes", "deny", context="How  much?")]
    assert found(tmp_path, domain, content, labelled) == set()
    written = story(
        "action: utter_ask_amount", "intent: affirm", "action: utter_ask_amount",
        "user: YES\n    intent: cancel",
    )  # fmt: skip
    assert found(tmp_path, domain, written) == {("How much?", "YES", "cancel")}
    # What is labelled already is not returned again.
    known = [*KNOWN, Example("bye", "thank", context="Hello!")]
    assert (
        found(tmp_path, domain, story("action: utter_hello", "user: bye\n    intent: thank"), known) == set()
    )


def test_folders_are_read_and_what_holds_no_stories_is_passed_over(tmp_path: Path, domain: Domain) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yml").write_text(story("action: utter_hello", "intent: affirm"))
    (tmp_path / "b.yaml").write_text("nlu:\n- intent: affirm\n  examples: |\n    - yes\n")
    (tmp_path / "c.yml").write_text("stories:\nrules:\n- rule: no steps\n")
    (tmp_path / "d.csv").write_text("no stories")
    assert [str(place) for _, place in read_stories([tmp_path], domain, KNOWN)] == ["a.yml:5"]
    assert read_stories([], domain, KNOWN) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("stories: 3\n", "stories.yml:1: .*: a list of items"),
        ("\nstories:\n- one\n", "stories.yml:3: .*: a mapping"),
        ("stories: [{steps: 3}]", "stories.yml:1: .*: a list of items"),
        (story("intent: affirm", "acton: x"), "stories.yml:5: .*keys intent, user, .*; found acton"),
        (story("..."), "stories.yml:4: .*: a mapping"),
        (story("intent:"), "stories.yml:4: .*words for the key 'intent'"),
        (story("action: [x]"), "stories.yml:4: .*words for the key 'action'"),
        (story("bot: ' '"), "stories.yml:4: .*words for the key 'bot'"),
        (
            story("bot: x", "user: |\n\n      pay [Anna](payee\n    intent: inform"),
            r"stories.yml:7: .*brackets",
        ),
        (story("intent: a\n    entities: payee"), "stories.yml:5: .*: a list of items"),
        (story("intent: a\n    entities: [[x]]"), "stories.yml:5: .*words for the key 'entities'"),
        (story("slot_was_set: {a: b}"), "stories.yml:4: .*: a list of items"),
        (story("or: {intent: a}"), "stories.yml:4: .*: a list of items"),
        ("rules: [{condition: [a]}]", "stories.yml:1: .*: a mapping"),
        ("stories: [", "stories.yml:1: expected Rasa's stories; "),
    ],
)
def test_what_is_broken_is_told_with_its_line(
    tmp_path: Path, domain: Domain, content: str, expected: str
) -> None:
    with pytest.raises(DataError, match=f"^{expected}"):
        found(tmp_path, domain, content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("responses: [a]", "domain.yml:1: expected a Rasa domain: a mapping"),
        ("responses:\n  utter_a:\n    text: a\n", "domain.yml:3: .*: a list of items"),
        ("responses:\n  utter_a:\n  - a\n", "domain.yml:3: .*: a mapping"),
        ("forms:\n  a_form:\n    required_slots: a\n", "domain.yml:3: .*: a list of items"),
        ("actions: a", "domain.yml:1: .*: a list of items"),
        ("a: [", "domain.yml:1: expected a Rasa domain; "),
    ],
)
def test_a_domain_that_is_broken_is_told_with_its_line(tmp_path: Path, content: str, expected: str) -> None:
    (tmp_path / "domain.yml").write_text(content)
    with pytest.raises(DataError, match=f"^{expected}"):
        read_domain(tmp_path / "domain.yml")


def test_what_is_missing_is_told(tmp_path: Path, domain: Domain) -> None:
    with pytest.raises(DataError, match=r"gone.*found nothing there"):
        read_domain(tmp_path / "gone.yml")
    with pytest.raises(DataError, match=r"gone.*found nothing there"):
        read_stories([tmp_path / "gone"], domain, KNOWN)
    (tmp_path / "stories.md").write_text("## old")
    with pytest.raises(DataError, match=r"ends in \.yml, \.yaml"):
        read_stories([tmp_path / "stories.md"], domain, KNOWN)


def test_the_stories_of_the_reference_assistant_are_read() -> None:
    known = read_examples(ROOT / "data" / "nlu", ROOT / "data" / "contexts")
    located = read_stories([ROOT / "data"], read_domain(ROOT / "domain.yml"), known)
    assert {one.intent for one, _ in located} <= {one.intent for one in known}
    assert ("cancel", "Who shall get the money?") in {(one.intent, one.context) for one, _ in located}
    for example, place in located:
        (path,) = (ROOT / "data").glob(f"{place.file}" if "/" in place.file else f"*/{place.file}")
        assert f"intent: {example.intent}" in path.read_text().split("\n")[place.line - 1]

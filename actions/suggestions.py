"""Products that could suit: asked for, shown as cards with their reasons, taken, turned down, hidden."""

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.base import BankAction, Turn, button, gave_up
from actions.format import listed
from actions.tastes import Memory
from bank.errors import UnknownProduct
from bank.model import Product
from lam.recommend import Reason

SHOWN = 3
_FORM = "goal_form"
_ALL = re.compile(r"\b(?:none|neither|nothing|any|all|both|these|those|them|others?)\b", re.IGNORECASE)
_PLACES = {"first": 0, "number one": 0, "second": 1, "middle": 1, "number two": 1, "third": 2,
           "number three": 2, "last": -1}  # fmt: skip
#: why a product was suggested: the goals, the products held and those liked that its score comes from
_Why = dict[str, list[str]]


class Recommend(BankAction):
    """Up to three products; who is a stranger is asked for a goal first, once."""

    def answer(self, turn: Turn) -> list[EventType]:
        memory, goal = Memory(turn), turn.slot("goal")
        memory.add_goals(turn.services.goals.named(turn.text))
        if goal not in (None, "none"):
            memory.add_goals(goal)
        for product in products_in(turn):
            memory.did("click", product.id)
        taste = memory.taste()
        asked = goal is not None or gave_up(turn) or turn.tracker.active_loop_name not in (None, _FORM)
        if not (asked or taste.liked or taste.words):
            return [*memory.events(), SlotSet("failures", 0), FollowupAction(_FORM)]
        return [*suggest(turn, memory), SlotSet("failures", 0)]


class WhyRecommended(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        given: dict[str, _Why] = turn.slot("suggested") or {}
        chosen = next((one for one in chosen_products(turn) if one.id in given), None)
        item = chosen.id if chosen else next(iter(given), None)
        if item is None:
            turn.say("utter_nothing_recommended")
            return []
        why = reason(turn, given[item])
        turn.say("utter_why_recommended", product=turn.services.bank.product(item).name, reason=why)
        return []


class AcceptRecommendation(BankAction):
    """Only by a button: it names the product."""

    def answer(self, turn: Turn) -> list[EventType]:
        memory = Memory(turn)
        for product in products_in(turn):
            memory.did("accept", product.id)
            turn.say("utter_accepted", product=product.name, features=listed(product.features))
        return memory.events()


class RejectRecommendation(BankAction):
    """The rejection counts at once: the next list is another one."""

    def answer(self, turn: Turn) -> list[EventType]:
        rejected = chosen_products(turn)
        if not rejected:
            return which(turn, "reject_recommendation")
        memory = Memory(turn)
        for product in rejected:
            memory.did("reject", product.id)
        hide = [hide_button(turn, one) for one in rejected] if len(rejected) == 1 else []
        turn.say("utter_rejected", hide, products=listed(one.name for one in rejected))
        return suggest(turn, memory)


class HideProduct(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        hidden = chosen_products(turn)
        if not hidden:
            return which(turn, "hide_product")
        memory = Memory(turn)
        for product in hidden:
            memory.hide(product.id)
            undo = button(turn.words("utter_button_undo"), "show_product", product=product.id)
            turn.say("utter_hidden", [undo], product=product.name)
        on_screen = {one.id for one in hidden} & (turn.slot("suggested") or {}).keys()
        return suggest(turn, memory) if on_screen else memory.events()


class ShowProduct(BankAction):
    """Only by a button: it takes back that a product was hidden."""

    def answer(self, turn: Turn) -> list[EventType]:
        memory = Memory(turn)
        for product in products_in(turn):
            memory.show(product.id)
            turn.say("utter_shown_again", product=product.name)
        # The slot is set also when nothing is left in it: what was hidden there is to be gone.
        return memory.events() or [SlotSet("visitor", None)]


def suggest(turn: Turn, memory: Memory) -> list[EventType]:
    """Show what fits best now, and note down that it was shown."""
    found = turn.services.recommender.recommend(
        memory.taste(), memory.profile(), SHOWN, memory.now, seed=list(turn.key.encode())
    )
    products = {one.id: one for one in turn.services.bank.products()}
    given = {one.item: cited(one.because, memory) for one in found}
    for place, one in enumerate(found):
        memory.did("impression", one.item, place, one.propensity)
    if found:
        turn.say("utter_recommendation_intro")
        turn.show([card(turn, products[item], why) for item, why in given.items()])
    else:
        turn.say("utter_nothing_to_suggest")
    return [*memory.events(), SlotSet("suggested", given)]


def cited(because: Sequence[Reason], memory: Memory) -> _Why:
    """Sort the model's reasons by how they are told; popularity alone leaves nothing to cite."""
    items = [one.item for one in because if one.kind == "item"]
    return {
        "asked": memory.goals if any(one.kind == "words" for one in because) else [],
        "held": [item for item in items if item in memory.held],
        "liked": [item for item in items if item not in memory.held],
    }


def card(turn: Turn, product: Product, why: _Why) -> dict[str, Any]:
    """A product with its reason, and what can be said to it."""
    words = reason(turn, why)
    because = turn.words("utter_card_because").format(reason=words)
    if not any(why.values()):
        because = f"{words[0].upper()}{words[1:]}."
    intents = {"accept": "accept_recommendation", "why": "why_recommended", "reject": "reject_recommendation"}
    return {
        "title": product.name,
        "text": f"{product.summary}\n{because}",
        "buttons": [
            button(turn.words(f"utter_button_{name}"), intent, product=product.id)
            for name, intent in intents.items()
        ],
    }


def reason(turn: Turn, why: _Why) -> str:
    """One clause that tells why: what the user asked about, has, and liked; or else popularity."""
    names = {one.id: one.name for one in turn.services.bank.products()}
    named = {
        how: [goal_words(turn, one) if how == "asked" else names[one] for one in cited_ones]
        for how, cited_ones in why.items()
    }
    clauses = [
        turn.words(f"utter_reason_{how}").format(cited=listed(ones)) for how, ones in named.items() if ones
    ]
    if not clauses:
        return turn.words("utter_reason_popular")
    return turn.words("utter_reason_you").format(reasons=listed(clauses))


def goal_words(turn: Turn, goal: str) -> str:
    """What a goal is called; one that is no known goal is quoted."""
    return turn.words(f"utter_goal_{goal}") or turn.words("utter_goal_said").format(words=goal)


def products_in(turn: Turn) -> list[Product]:
    """The products of the catalogue that the message names, a kind ("loans") for all of it; each once."""
    every, found = turn.services.bank.products(), dict[str, Product]()
    for name in turn.entities("product"):
        kind = [one for one in every if one.kind == name.lower().removesuffix("s")]
        try:
            named = kind or [turn.services.bank.product(name)]
        except UnknownProduct:
            named = []
        found |= {one.id: one for one in named}
    return list(found.values())


def chosen_products(turn: Turn) -> list[Product]:
    """The products that an answer to suggestions means: by name, by place, all of them, or the only one."""
    if named := products_in(turn):
        return named
    bank, given = turn.services.bank, list(turn.slot("suggested") or {})
    said = turn.text.lower()
    places = [place for word, place in _PLACES.items() if re.search(rf"\b{word}\b", said)]
    if places:
        given = [given[place] for place in places if -len(given) <= place < len(given)]
    elif len(given) > 1 and not (_ALL.search(said) or turn.entity("product") == "all"):
        return []
    return [bank.product(item) for item in given]


def which(turn: Turn, intent: str) -> list[EventType]:
    """Ask which of the suggested products is meant; nothing was suggested: offer to."""
    given: Sequence[str] = list(turn.slot("suggested") or {})
    names = {one.id: one.name for one in turn.services.bank.products()}
    if given:
        turn.say("utter_which_product", [button(names[item], intent, product=item) for item in given])
    else:
        turn.say("utter_nothing_recommended")
    return []


def hide_button(turn: Turn, product: Product) -> dict[str, str]:
    """A button by which a product is never suggested again."""
    return button(turn.words("utter_button_hide"), "hide_product", product=product.id)

"""Cards: list, freeze, unfreeze, replace."""

import re
from abc import abstractmethod
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.base import (
    BankAction,
    BankForm,
    Turn,
    accept,
    button,
    confirmation,
    forget,
    gave_up,
    last,
    refuse,
)  # fmt: skip
from actions.format import day, lines, listed
from bank.errors import AmbiguousCard, CardBlocked, UnknownCard
from bank.model import Card

_SLOTS = ("replacement_card", "replacement_reason", "replacement_confirmed", "draft")
# What people call it, and what the bank's ledger calls it.
_REASONS = {
    "stolen": re.compile(r"stole|robbed|theft|pickpocket|mugged|nicked"),
    "lost": re.compile(r"\blos[te]|losing|missing|can'?t find|cannot find|\bgone|left it|misplaced"),
    "expiring": re.compile(r"expir|runs? out|no longer valid"),
    "damaged": re.compile(r"damag|brok|crack|bent|snapped|worn|chip|scratch|doesn'?t work|faulty|melted"),
}  # fmt: skip


class ListCards(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        cards = turn.services.bank.cards(turn.number)
        turn.say("utter_cards", lines=lines((title(card), card.status) for card in cards))
        return []


class _SwitchCard(BankAction):
    """Freeze and unfreeze: the card that was named, or the only one that it can be."""

    needs_sign_in = True
    needed: str  # the status that a card must have
    made: str  # the status that it gets
    intent: str
    done: str
    nothing: str

    def answer(self, turn: Turn) -> list[EventType]:
        bank = turn.services.bank
        every = bank.cards(turn.number)
        cards = [card for card in every if card.status == self.needed]
        before = bank.done(turn.number, turn.key)
        chosen = find_card(turn, before) if before else named_card(turn, cards)
        # A card that is so already counts as done, but only when it is the one that is meant.
        if chosen is None and card_name(turn):
            chosen = named_card(turn, [card for card in every if card.status == self.made])
        if chosen:
            self.switch(turn, chosen)
            turn.say(self.done, card=title(chosen))
        elif cards:
            turn.say(
                "utter_which_card",
                [button(title(card), self.intent, card_ending=card.ending) for card in cards],
            )
        else:
            turn.say(self.nothing)
        return []

    @abstractmethod
    def switch(self, turn: Turn, card: Card) -> None:
        """Do it."""


class FreezeCard(_SwitchCard):
    needed, made, intent = "active", "frozen", "freeze_card"
    done, nothing = "utter_card_frozen", "utter_no_card_to_freeze"

    def switch(self, turn: Turn, card: Card) -> None:
        turn.services.bank.freeze(turn.number, card.id, turn.key)


class UnfreezeCard(_SwitchCard):
    needed, made, intent = "frozen", "active", "unfreeze_card"
    done, nothing = "utter_card_unfrozen", "utter_no_card_to_unfreeze"

    def switch(self, turn: Turn, card: Card) -> None:
        turn.services.bank.unfreeze(turn.number, card.id, turn.key)


class OpenCardReplacement(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        reason = reason_in(turn.text)
        named = named_card(turn, replaceable(turn))
        card = str(named.id) if named else turn.entity("card_ending")
        return [
            SlotSet("failures", 0),
            *forget(*_SLOTS),
            *([SlotSet("replacement_card", card)] if card else []),
            *([SlotSet("replacement_reason", reason)] if reason else []),
            FollowupAction("card_replacement_form"),
        ]


class ValidateCardReplacementForm(BankForm):
    form = "card_replacement_form"

    def validate_replacement_card(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        cards = replaceable(turn)
        found = find_card(turn, str(last(value)))
        if found not in cards:
            names = listed(title(card) for card in cards)
            return refuse(turn, "replacement_card", "utter_no_such_card", cards=names)
        return accept("replacement_card", str(found.id))

    def validate_replacement_reason(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, reason = Turn(*context), reason_in(str(last(value)))
        if reason is None:
            return refuse(turn, "replacement_reason", "utter_reason_invalid")
        return accept("replacement_reason", reason)

    def validate_replacement_confirmed(self, value: Any, *context: Any) -> dict[str, Any]:
        return confirmation(Turn(*context), "replacement_confirmed", value, ("card_ending", "card", "reason"))


class AskReplacementCard(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        choices = [button(title(card), "inform", card=str(card.id)) for card in replaceable(turn)]
        turn.say("utter_ask_replacement_card", choices)
        return []


class AskReplacementConfirmed(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, draft = turn.services.bank, turn.key
        card = find_card(turn, turn.slot("replacement_card"))
        address = bank.customer(turn.number).address
        turn.say("utter_ask_replacement_confirmed", turn.yes_or_no(draft), card=title(card), address=address)
        return [SlotSet("draft", draft)]


class SubmitCardReplacement(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        done = [*forget(*_SLOTS), SlotSet("failures", 0)]
        if turn.slot("replacement_confirmed"):
            self._replace(turn)
        elif gave_up(turn):
            turn.say("utter_offer_human")
        elif turn.slot("replacement_confirmed") is None:
            return [FollowupAction("card_replacement_form")]
        else:
            turn.say("utter_replacement_dropped")
        return done

    def _replace(self, turn: Turn) -> None:
        bank = turn.services.bank
        card = find_card(turn, turn.slot("replacement_card"))
        address = bank.customer(turn.number).address
        try:
            order = bank.replace_card(
                turn.number, card.id, turn.slot("replacement_reason"), address, turn.slot("draft")
            )
        except CardBlocked:
            turn.say("utter_card_not_replaceable")
            return
        turn.say(
            "utter_card_replaced",
            card=title(card),
            address=address,
            date=day(order.arrives_by),
            order=order.number,
        )


def title(card: Card) -> str:
    """How people know a card: "Debit card ending 4821"."""
    return f"{card.name} ending {card.ending}"


def replaceable(turn: Turn) -> list[Card]:
    """The customer's cards that are not blocked for good."""
    return [card for card in turn.services.bank.cards(turn.number) if card.status != "blocked"]


def find_card(turn: Turn, given: str) -> Card | None:
    """Find a card by id, ending or name; None when none or several fit."""
    bank = turn.services.bank
    by_id = [card for card in bank.cards(turn.number) if str(card.id) == given]
    ending = re.search(r"\d{4}", given)
    try:
        return by_id[0] if by_id else bank.card(turn.number, ending.group() if ending else given)
    except (UnknownCard, AmbiguousCard):
        return None


def card_name(turn: Turn) -> str | None:
    """What the message calls a card: its ending, or the product that it is."""
    return turn.entity("card_ending") or turn.entity("product")


def named_card(turn: Turn, cards: list[Card]) -> Card | None:
    """The card that the message names, or the only one there is; None when it isn't among `cards`."""
    named = card_name(turn)
    found = find_card(turn, named) if named else cards[0] if len(cards) == 1 else None
    return found if found in cards else None


def reason_in(text: str) -> str | None:
    """Why a card is replaced, from what the user says."""
    lowered = text.lower().replace("’", "'")
    return next((reason for reason, pattern in _REASONS.items() if pattern.search(lowered)), None)

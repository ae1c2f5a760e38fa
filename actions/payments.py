"""Payments that were sent, are planned or repeat: what there is, and what is called off; whom one can pay."""

from rasa_sdk.events import EventType

from actions.base import BankAction, Turn, button
from actions.format import day, lines, listed, money
from bank.errors import DraftDone, UnknownDraft, UnknownStandingOrder
from bank.text import fits

SHOWN = 5


class ListPayees(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        turn.say("utter_payees", payees=listed(one.name for one in turn.services.bank.payees(turn.number)))
        return []


class TransferStatus(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank = turn.services.bank
        planned = [
            (day(one.on), one.payee, money(one.amount), one.state) for one in bank.scheduled(turn.number)
        ]
        sent = [
            one
            for one in bank.transactions(turn.number, limit=200)
            if one.kind == "transfer" and one.amount < 0
        ]
        rows = planned + [
            (day(one.booked_at.date()), one.counterparty, money(-one.amount)) for one in sent[:SHOWN]
        ]
        turn.say("utter_transfer_status" if rows else "utter_no_transfers", lines=lines(rows))
        return []


class CancelTransfer(BankAction):
    """Call off a transfer that is planned and not yet sent: the one that a payee or a button names."""

    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, turn.entity("payee")
        planned = bank.scheduled(turn.number)
        fitting = [one for one in planned if named and fits(named, (one.payee,))]
        chosen = bank.done(turn.number, turn.key) or turn.entity("draft")
        if chosen is None and len(fitting) == 1:
            chosen = fitting[0].id
        if chosen:
            self._call_off(turn, chosen)
        elif planned:
            choices = [
                button(f"{one.payee}, {money(one.amount)}, {day(one.on)}", "cancel_transfer", draft=one.id)
                for one in fitting or planned
            ]
            turn.say("utter_which_transfer", choices)
        else:
            turn.say("utter_transfer_not_cancellable")
        return []

    def _call_off(self, turn: Turn, draft: str) -> None:
        try:
            one = turn.services.bank.cancel_transfer(turn.number, draft, turn.key)
        except (UnknownDraft, DraftDone):
            turn.say("utter_transfer_not_cancellable")
        else:
            turn.say("utter_transfer_cancelled", amount=money(one.amount), payee=one.payee, date=day(one.on))


class ListStandingOrders(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        orders = turn.services.bank.standing_orders(turn.number)
        rows = ((one.payee, money(one.amount), day(one.next_on)) for one in orders)
        turn.say("utter_standing_orders" if orders else "utter_no_standing_orders", lines=lines(rows))
        return []


class CancelStandingOrder(BankAction):
    """Stop a regular payment: the only one that it can be, or the one that a button names."""

    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, turn.entity("payee") or turn.entity("merchant")
        orders = bank.standing_orders(turn.number)
        fitting = [one for one in orders if not named or fits(named, (one.payee,))]
        chosen = bank.done(turn.number, turn.key) or turn.entity("order")
        if chosen is None and len(fitting) == 1:
            chosen = str(fitting[0].id)
        if chosen:
            self._stop(turn, int(chosen))
        elif orders:
            choices = [
                button(
                    f"{one.payee}, {money(one.amount)}, {day(one.next_on)}",
                    "cancel_standing_order",
                    order=str(one.id),
                )
                for one in fitting or orders
            ]
            turn.say("utter_which_standing_order", choices)
        else:
            turn.say("utter_no_standing_orders")
        return []

    def _stop(self, turn: Turn, order: int) -> None:
        try:
            one = turn.services.bank.cancel_standing_order(turn.number, order, turn.key)
        except UnknownStandingOrder:  # the button of somebody who was signed in here before
            turn.say("utter_standing_order_unknown")
        else:
            turn.say("utter_standing_order_cancelled", amount=money(one.amount), payee=one.payee)

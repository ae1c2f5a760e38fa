"""Finds amounts, dates, IBANs, card endings, currencies and cities with spaCy rules; nothing is learned."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lam.types import Span
from lam.understanding import patterns
from lam.understanding.ibans import find_ibans
from lam.understanding.values import parse_amount, parse_currency
from lam.understanding.values.numbers import ABBREVIATIONS, NUMBER_WORDS, SCALES, WIDE_BLANK

_MONEY_VERBS = {
    "send", "sending", "sent", "pay", "paying", "paid", "transfer", "transferring", "transferred", "wire",
    "give", "move", "moving", "put", "deposit", "withdraw", "lend", "forward", "shift", "make", "exchange",
    "convert", "change", "spend", "spent", "owe", "refund", "it", "only", "just", "exactly", "rather", "is",
    "be", "amount", "than", "say",
}  # fmt: skip
_NO_MONEY = {
    "day", "days", "week", "weeks", "month", "months", "year", "years", "minute", "minutes", "min", "mins",
    "hour", "hours", "time", "times", "card", "cards", "account", "accounts", "%", "percent", "people",
    "transaction", "transactions", "payment", "payments", "transfer", "transfers", "st", "nd", "rd", "th",
    "am", "pm", "/", "-", ":", "of", "other", "different",
}  # fmt: skip
_POLITE = {"please", "pls", "plz", "thanks", "just", "only", "ok", "yes", "no", ",", ".", "!", "about"}
_REACH = 4  # tokens between the verb and its amount: "send my sister Anna 50"
_BARE = re.compile(rf"^(?:{patterns.NUMBER})$")
_FIRST_GROUP, _NEXT_GROUP = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}(?:[.,]\d{1,2})?")
_NUMBER_WORDS = NUMBER_WORDS | ABBREVIATIONS
_AFTER_MONTH = {
    "in",
    "of",
    "last",
    "since",
    "until",
    "till",
    "during",
    "for",
    "from",
    "by",
    "to",
    "and",
    "every",
}


class RuleReader:
    """Reads what rules can find. Threads may share it.

    Args:
        language: of the blank spaCy pipeline; the word lists are English, symbols and numbers serve any.
        cities: names that count as a city.
        home_currency: an amount in another currency also yields a `currency`.
    """

    def __init__(self, language: str = "en", cities: Iterable[str] = (), home_currency: str = "EUR") -> None:
        import spacy

        self._pipeline: Any = spacy.blank(language)
        self._home = home_currency
        ruler = self._pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
        ruler.add_patterns([{"label": "city", "pattern": city, "id": city} for city in cities])
        for label, found in (
            ("amount", patterns.amounts()), ("date", patterns.dates()),
            ("card_ending", patterns.card_endings()), ("currency", patterns.currencies()),
        ):  # fmt: skip
            ruler.add_patterns([{"label": label, "pattern": pattern} for pattern in found])

    def read(self, text: str) -> list[Span]:
        """Return what stands in a text, from left to right.

        An amount's value is a decimal ("50.00"), a currency's its ISO code, an IBAN's and a card ending's
        the bare characters, a city's its listed name, a date's the words themselves: they want a today.
        """
        document = self._pipeline.make_doc(WIDE_BLANK.sub(" ", text))
        ibans = find_ibans([token.text for token in document])
        document.ents = [_labelled(document, start, end, "iban") for start, end in ibans]
        document = self._pipeline(document)  # the ruler leaves them as they are
        found = [entity for entity in document.ents if _holds(document, entity)]
        found.extend(_bare_amounts(document, found))
        spans = [span for entity in found for span in self._spans(entity)]
        return sorted(spans, key=lambda span: (span.start, span.label))

    def _spans(self, entity: Any) -> Iterator[Span]:
        start, end, text, label = entity.start_char, entity.end_char, entity.text, entity.label_
        currency = parse_currency(text)
        if label == "amount":
            amount = parse_amount(text)
            if amount is None:
                return
            yield Span(start, end, label, str(amount))
            if currency not in (None, self._home):
                yield Span(start, end, "currency", str(currency))
        elif label == "currency":
            if currency:
                yield Span(start, end, label, currency)
        else:
            yield Span(start, end, label, _value(label, text, entity.ent_id_))


def _value(label: str, text: str, city: str) -> str:
    if label == "iban":
        return re.sub(r"\s", "", text).upper()
    if label == "card_ending":
        return re.sub(r"\D", "", text)[-4:]
    return city or text


def _holds(document: Any, entity: Any) -> bool:
    """Refuse a lone "may", "mar", "sat" or year that is nothing of the kind."""
    if entity.label_ != "date" or len(entity) > 1:
        return True
    before = document[entity.start - 1].lower_ if entity.start else ""
    word = entity.text.lower()
    if word in ("may", "march", "mar", "sat", "sun", "mon", "wed", "second"):
        return before in _AFTER_MONTH or (
            word in ("march", "sat", "sun", "mon", "wed") and len(document) == 1
        )
    return True


def _bare_amounts(document: Any, taken: Sequence[Any]) -> Iterator[Any]:
    """Numbers without a currency are amounts after a verb of paying, or when nothing else is said."""
    inside = {place for entity in taken for place in range(entity.start, entity.end)}
    words = [token.lower_ for token in document]
    alone = [place for place, word in enumerate(words) if word not in _POLITE]
    for place, word in enumerate(words):
        if place in inside or not _BARE.match(word):
            continue
        end = _end_of_number(words, place)
        if _part_of_more(words, place, end, inside):
            continue
        after = document[end].text if end < len(words) else ""
        if after.lower() in _NO_MONEY or after.istitle():
            continue
        before = words[max(0, place - _REACH) : place]
        paid = any(verb in _MONEY_VERBS for verb in before) and not any(_BARE.match(one) for one in before)
        if alone == list(range(place, end)) or (
            paid and words[place - 1] not in ("number", "card", "in", "last", "code", "pin", "#")
        ):
            yield _labelled(document, place, end, "amount")


def _end_of_number(words: Sequence[str], place: int) -> int:
    """Return the place behind a number, which may be written in groups: "1 000"."""
    end = place + 1
    if _FIRST_GROUP.fullmatch(words[place]):
        while end < len(words) and _NEXT_GROUP.fullmatch(words[end]):
            end += 1
    return end


def _part_of_more(words: Sequence[str], place: int, end: int, inside: set[int]) -> bool:
    """Tell whether more of the number stands around it, so that it would be a wrong amount by itself."""
    before = words[place - 1] if place else ""
    after, following = [*words[end:], "", ""][:2]
    return (
        before in SCALES
        or (place - 1 not in inside and before[-1:].isdigit())
        or after in _NUMBER_WORDS
        or (after == "and" and following in ("a", "half", "quarter"))
        or (end not in inside and bool(_BARE.match(after)))
    )


def _labelled(document: Any, start: int, end: int, label: str) -> Any:
    from spacy.tokens import Span as SpacySpan

    return SpacySpan(document, start, end, label=label)

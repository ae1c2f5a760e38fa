"""What the bot may have said since the user spoke last, while a story is read."""

from collections.abc import Sequence

from lam.understanding.corpus.domain import Domain


class BotTurn:
    """The bot's turn at a place of a story: parts in a row, each with its variants.

    An action that the domain has no words of may have said anything: what stands before it is forgotten, so
    that a turn is known at its end at least, where it asks. A form asks for one of its slots, and for a
    certain one as soon as the story says which slot is requested.

    Args:
        domain: what responses and forms say.
    """

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._parts: list[tuple[str, ...]] = []
        self._form = ""
        self._asking = False

    @property
    def texts(self) -> tuple[str, ...]:
        """What the whole turn may be, each variant of a part at least once; none where that isn't known."""
        count = max(map(len, self._parts), default=0)
        turns = (" ".join(part[place % len(part)] for part in self._parts) for place in range(count))
        return tuple(dict.fromkeys(turns))

    def act(self, action: str) -> None:
        """The bot carries out an action."""
        if action in self._domain.forms:
            self._form = action
            self._ask(self._domain.questions(action))
        elif action in self._domain.responses:
            self.say(self._domain.responses[action])
        else:
            self.forget()

    def say(self, variants: Sequence[str]) -> None:
        """The bot says one of some texts; none are no words at all."""
        self._withdraw()
        if variants:
            self._parts.append(tuple(variants))

    def loop(self, form: str) -> None:
        """A form is active; an empty name: none is any more."""
        self._form = form
        if not form:
            self._withdraw()

    def request(self, slot: str) -> None:
        """The active form asks for a slot; an empty name: for nothing any more."""
        if slot:
            self._ask(self._domain.question(self._form, slot))
        else:
            self._withdraw()

    def forget(self) -> None:
        """What has been said doesn't count: the user has answered it, or nobody knows what it is."""
        self._parts.clear()
        self._asking = False

    def _ask(self, variants: Sequence[str]) -> None:
        self._withdraw()
        if variants:
            self._parts.append(tuple(variants))
            self._asking = True
        else:
            self.forget()

    def _withdraw(self) -> None:
        """Take a form's question back: a form that goes on without an answer has been complete."""
        if self._asking:
            self._parts.pop()
            self._asking = False

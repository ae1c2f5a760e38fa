"""An explanation on a terminal: the text with its words weighed, and the examples near it."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lam.understanding.explain import Explanation
from lam.workbench.terminal import printable

_SHOWN = 0.005  # in the picture: a smaller weight would read 0.00
_STYLES = {
    True: ("bold black on green", "bold green", "green"),
    False: ("bold white on red", "bold red", "red"),
}


def explanation_table(explanation: Explanation) -> RenderableType:
    """Return what rich prints of an explanation: each word that counts is coloured, its weight behind it."""
    if explanation.intent is None:
        return Text("A blank text: it has no intent.")
    head = Text(f"{explanation.intent}  {explanation.confidence:.3f}", style="bold")
    if explanation.outside:
        head.append("  outside of what the model was trained for")
    parts: list[RenderableType] = [head, _weighed(explanation)]
    if all(abs(one.weight) < _SHOWN for one in explanation.words):
        parts.append(Text("No word decides: without any of them it is read the same.", style="dim"))
    if explanation.without_context:
        intent, confidence = explanation.without_context
        change = "the same" if intent == explanation.intent else "another intent"
        parts.append(Text(f"After: {printable(explanation.context)}"))
        parts.append(Text(f"Without that turn: {intent}  {confidence:.3f}, {change}"))
    if explanation.nearest:
        table = Table("cosine", "intent", "nearest training example", box=None, padding=(0, 2, 0, 0))
        for one in explanation.nearest:
            said = Text(printable(one.text))
            if one.context:
                said.append(f"\nafter: {printable(one.context)}", style="dim")
            table.add_row(f"{one.cosine:.3f}", Text(one.intent), said)
        parts += [Text(), table]
    return Group(*parts)


def _weighed(explanation: Explanation) -> Text:
    """Return the text, with the weight behind each word that has one."""
    shown, last = Text(), 0
    most = max((abs(one.weight) for one in explanation.words), default=0.0)
    for one in explanation.words:
        if abs(one.weight) < _SHOWN:
            continue
        shown.append(printable(explanation.text[last : one.start]))
        share = abs(one.weight) / most
        strong, middle, weak = _STYLES[one.weight > 0]
        style = strong if share > 0.66 else middle if share > 0.33 else weak
        shown.append(printable(one.word), style=style)
        shown.append(f"[{one.weight:+.2f}]", style="dim")
        last = one.end
    shown.append(printable(explanation.text[last:]))
    if explanation.untried:
        shown.append(f"  ({explanation.untried} more words were not tried)", style="dim")
    return shown

"""The page of a report: one HTML file that needs no other."""

import base64
from collections.abc import Iterable, Mapping
from html import escape

from lam.reports.facts import NOTHING, Confusion, Report
from lam.understanding.evaluate import Score

# Pixels of a picture to one of the page: sharp on a phone, and large ones can be read by moving them.
_DENSITY = 1.4
_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #6e7781; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 0; }
dl div { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.25rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td, li { overflow-wrap: break-word; } tr.head td { border: 0; padding-top: .5rem; }
ul { margin: .25rem 0 0; padding-left: 1.1rem; }
small { color: var(--soft); } img { height: auto; background: #fff; }
"""
_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
)


def report_page(report: Report, pictures: Mapping[str, bytes]) -> str:
    """Return the page.

    Args:
        report: what it tells.
        pictures: PNG files by their captions; none where matplotlib is missing.
    """
    parts = [
        f"{_HEAD}<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<h1><bdi>{escape(report.title)}</bdi></h1>",
        _figures(report),
        "<h2>Worst confusions</h2>",
        _confusions(report.worst),
        *(_picture(caption, picture) for caption, picture in pictures.items()),
        "" if pictures else "<p>No pictures: they need the package matplotlib.</p>",
        "<h2>Intents</h2>",
        _scores("intent", sorted(report.evaluation.intents.items(), key=lambda one: (one[1].f1, one[0]))),
    ]
    if report.entities:
        parts += ["<h2>Entities</h2>", _scores("entity", report.entities.items())]
    return "\n".join([*parts, "</body>\n</html>\n"])


def _figures(report: Report) -> str:
    figures = {
        "texts": f"{report.texts}",
        "accuracy": f"{report.evaluation.accuracy:.1%}",
        "macro F1": f"{report.macro_f1:.3f}",
        "calibration error": f"{report.calibration_error:.1%}",
        "read as outside": f"{report.outside:.1%}",
    }
    if report.all_entities:
        figures["entities' F1"] = f"{report.all_entities.f1:.3f}"
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in figures.items())
    return f"<dl>{rows}</dl>"


def _confusions(worst: Iterable[Confusion]) -> str:
    rows = [
        f'<tr class="head"><td>{_name(one.meant)}</td><td>{_name(one.read)}</td>'
        f'<td class="n">{one.times}</td></tr>\n'
        f'<tr><td colspan="3"><ul>{"".join(_text(*text) for text in one.texts)}</ul></td></tr>'
        for one in worst
    ]
    if not rows:
        return "<p>No intent was read as another one.</p>"
    return _table('<th>meant</th><th>read as</th><th class="n">times</th>', rows)


def _text(text: str, context: str, confidence: float) -> str:
    before = f" after “<bdi>{escape(context)}</bdi>”" if context else ""
    return f"<li><bdi>{escape(text)}</bdi> <small>{confidence:.0%}{before}</small></li>"


def _scores(kind: str, scores: Iterable[tuple[str, Score]]) -> str:
    heads = "".join(f'<th class="n">{name}</th>' for name in ("precision", "recall", "F1", "support"))
    rows = [
        f'<tr><td>{_name(name)}</td><td class="n">{one.precision:.3f}</td><td class="n">{one.recall:.3f}</td>'
        f'<td class="n">{one.f1:.3f}</td><td class="n">{one.support}</td></tr>'
        for name, one in scores
    ]
    return _table(f"<th>{kind}</th>{heads}", rows)


def _table(heads: str, rows: Iterable[str]) -> str:
    body = "\n".join(rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _name(name: str) -> str:
    return f"<bdi>{escape(name or NOTHING).replace('_', '_<wbr>')}</bdi>"


def _picture(caption: str, picture: bytes) -> str:
    data, width = base64.b64encode(picture).decode("ascii"), int.from_bytes(picture[16:20], "big")
    image = (
        f'<img alt="{escape(caption)}" style="width:{round(width / _DENSITY)}px" '
        f'src="data:image/png;base64,{data}">'
    )
    return f'<h2>{escape(caption)}</h2>\n<div class="wide">{image}</div>'

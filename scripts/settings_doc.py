"""Write docs/settings.md from the settings' own help texts; tests/test_docs.py compares the two."""

from dataclasses import fields
from pathlib import Path

from lam.settings import Secret, Settings

_HEAD = """# Settings

Every setting is an environment variable. A value that can't be used stops the start with one line that says
what was expected. Secrets never show up in logs or errors. Numbers that tune the model are in `config.yml`.

| variable | default | what it does |
| --- | --- | --- |
"""


def settings_page() -> str:
    """Return the page."""
    rows = (
        f"| `LAM_{one.name.upper()}` | {_default(one.default)} | {one.metadata['help']} |"
        for one in fields(Settings)
    )
    return _HEAD + "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if isinstance(value, Secret) or value == "":
        return "–"
    return f"`{value}`"


if __name__ == "__main__":
    Path("docs/settings.md").write_text(settings_page(), encoding="utf-8")

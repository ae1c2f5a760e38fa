"""`python -m lam` is the `lam` command."""

from lam.cli import app

app(prog_name="lam")

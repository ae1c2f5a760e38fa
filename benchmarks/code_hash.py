"""A hash of the code that a figure depends on, and of no more: prose may change beside kept figures."""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

import lam

# Training and serving of the classifier; what a row measures beside it names it in its own key.
_MODEL = ("lam.understanding.classifier", "lam.understanding.evaluate")


@functools.cache
def code_hash(*modules: str) -> str:
    """Return a hash of modules of `lam`, and of all those of `lam` that they import, functions included.

    Args:
        modules: their full names; those of the classifier when left out.
    """
    digest = hashlib.sha256()
    for name, code in sorted(_reached(modules or _MODEL).items()):
        digest.update(f"{name}\0{code}\0".encode())
    return digest.hexdigest()[:12]


def _reached(names: tuple[str, ...]) -> dict[str, str]:
    """Return the code, without docstrings and comments, of modules and of what they import."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        path = _source(name)
        if path is None or name in found:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        waiting += [one for one in _imports(tree) if one.startswith("lam.")]
        found[name] = ast.unparse(_without_docstrings(tree))
    return found


def _source(name: str) -> Path | None:
    """Return a module's file; None where the name is that of something in a module."""
    base = Path(lam.__file__).parent.parent.joinpath(*name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from a import b` may import a module, or a name from one.
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.Pass()
    return tree

"""The edge: the only process that people and programs reach. It never waits for a model."""

from lam.edge.app import create_app
from lam.edge.server import running, serve

__all__ = ["create_app", "running", "serve"]

"""Dialogues played from end to end against the started processes: `lam test conversations [FILES]`."""

from lam.dialogues.command import main, read_world
from lam.dialogues.play import Dialogue, Played, World, play, read_dialogues
from lam.dialogues.stack import Running, started
from lam.dialogues.talk import Talk

__all__ = [
    "Dialogue",
    "Played",
    "Running",
    "Talk",
    "World",
    "main",
    "play",
    "read_dialogues",
    "read_world",
    "started",
]

"""Dialogues played from end to end against the started processes: `lam test conversations [FILES]`."""

from lam.dialogues.command import main
from lam.dialogues.play import Dialogue, Played, play, read_dialogues
from lam.dialogues.stack import started

__all__ = ["Dialogue", "Played", "main", "play", "read_dialogues", "started"]

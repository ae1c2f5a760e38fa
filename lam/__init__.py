"""lam: a Large Action Model for Rasa bots. Importing it does no I/O."""

"""Labelled texts from files: Rasa's NLU YAML, CSV, JSON lines."""

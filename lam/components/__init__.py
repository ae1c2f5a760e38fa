"""Rasa graph components: thin adapters over `lam.understanding`; config.yml names them by class path."""

"""The assistant's actions: read what the user said, make one library call, answer from domain.yml."""

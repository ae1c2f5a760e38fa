"""The assistant's actions: read what the user said, make one library call, answer from domain.yml."""


def warm_up() -> None:
    """Make ready what would keep the first customer waiting: `lam actions` calls it before it listens."""
    from actions.services import services

    _ = services().recommender

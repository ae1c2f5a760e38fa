"""Interactions in, explained recommendations out. Collaborative filtering with the library `implicit`."""

from lam.recommend.als import Recommender
from lam.recommend.interactions import Interaction, Interactions, load_recommender
from lam.recommend.types import Recommendation

__all__ = ["Interaction", "Interactions", "Recommendation", "Recommender", "load_recommender"]

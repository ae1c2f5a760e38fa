"""Interactions in, eligible, ranked and explained recommendations out."""

from lam.recommend.events import Interaction, taste_of
from lam.recommend.goals import Goals
from lam.recommend.interactions import Interactions
from lam.recommend.models.base import Encode
from lam.recommend.policy import Policy, read_policy
from lam.recommend.preferences import Preference, Preferences
from lam.recommend.recommender import Recommender, shown_in_vain
from lam.recommend.rules import Eligibility, Profile
from lam.recommend.types import Item, Reason, Recommendation, Taste

__all__ = [
    "Eligibility",
    "Encode",
    "Goals",
    "Interaction",
    "Interactions",
    "Item",
    "Policy",
    "Preference",
    "Preferences",
    "Profile",
    "Reason",
    "Recommendation",
    "Recommender",
    "Taste",
    "read_policy",
    "shown_in_vain",
    "taste_of",
]

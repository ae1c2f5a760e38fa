"""The models, one interface: choose by name."""

from lam.recommend.models.als import AlsModel
from lam.recommend.models.base import Encode, ModelError, ModelSettings, RecommenderModel
from lam.recommend.models.bpr import BprModel
from lam.recommend.models.ease import EaseModel
from lam.recommend.models.following import FollowingModel
from lam.recommend.models.hybrid import HybridModel
from lam.recommend.models.popularity import PopularityModel
from lam.recommend.models.text import TextModel

#: All models by name; `hybrid` is the default.
MODELS: dict[str, type[RecommenderModel]] = {
    model.name: model
    for model in (HybridModel, AlsModel, BprModel, EaseModel, FollowingModel, TextModel, PopularityModel)
}

__all__ = ["MODELS", "Encode", "ModelError", "ModelSettings", "RecommenderModel"]

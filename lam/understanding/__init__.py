"""From a text to what it means. Importing it loads no model, and neither torch nor Rasa."""

from lam.understanding.classifier import IntentClassifier
from lam.understanding.evaluate import Evaluation, Score, evaluate, span_score
from lam.understanding.recipe import Recipe

__all__ = ["Evaluation", "IntentClassifier", "Recipe", "Score", "evaluate", "span_score"]

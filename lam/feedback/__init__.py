"""What people say about answers: ratings without personal numbers and codes; tickets for the support team."""

from lam.feedback.ratings import Feedback, ForeignAnswer, Rating, StoredRating
from lam.feedback.redaction import redact
from lam.feedback.tickets import Tickets

__all__ = ["Feedback", "ForeignAnswer", "Rating", "StoredRating", "Tickets", "redact"]

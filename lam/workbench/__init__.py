"""What a bot developer does with understanding: train, measure, attack, ask, explain. Without Rasa."""

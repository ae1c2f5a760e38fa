"""What a saved classifier is called, and the names of its files."""

KIND = "intent-classifier"
VERSION = 3
#: The int8 model, and the examples that vote: [text, intent, context] each.
MODEL, MEMORY = "model.onnx", "examples.json"

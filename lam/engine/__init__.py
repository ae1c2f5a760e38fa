"""What the Rasa server gets from us: channel, tracker store, lock store, action endpoint, action server."""

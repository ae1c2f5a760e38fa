"""From examples to a trained model: torch, on a graphics card where there is one."""

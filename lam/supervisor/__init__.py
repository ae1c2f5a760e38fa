"""What `lam up` does: keys, databases, a model, the three processes, and a clean end."""

"""Live calls: who was there, by whose word, and what of it counts."""

"""Builders of valid, distinct things."""

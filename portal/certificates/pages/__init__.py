"""Certificates and CE credit as their pages show them."""

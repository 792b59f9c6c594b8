"""What the templates of work are given."""

"""What the templates of work are given: one line of a checklist (`item`), one worksheet (`work`)."""

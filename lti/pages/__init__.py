"""What the pages of LTI show: one file a page, each a frozen dataclass and what makes it."""

"""The course package: a folder of YAML and Markdown, read, checked and kept as one frozen content."""

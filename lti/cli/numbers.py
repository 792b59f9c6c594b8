"""Numbers that commands take."""

import click

REGISTRATION = click.IntRange(1, 2**31 - 1)  # what the databases can hold; others are wrong usage

"""`portal lti`."""

from lti.cli.group import lti

__all__ = ["lti"]

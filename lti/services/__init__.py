"""What LTI does with the portal: launches, connections, keys, scores."""

from lti.frames import frame_ancestors

__all__ = ["frame_ancestors"]

"""The pages that join slices for faculty: participants, one participant."""

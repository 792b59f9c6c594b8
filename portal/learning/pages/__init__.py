"""The pages that join slices for the learner."""

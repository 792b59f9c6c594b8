"""What LTI does with the portal: launches, connections, keys, scores."""

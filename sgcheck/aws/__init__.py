"""AWS-shaped records, the kinds they come in, and their conversion into a network."""

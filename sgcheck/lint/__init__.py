"""Rules over a network: pages bound to checks, and the findings that they make."""

"""Questions on a network: who reaches whom, why not, and what would change it."""

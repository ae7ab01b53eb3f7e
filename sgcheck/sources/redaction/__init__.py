"""Making a snapshot safe to share: other names, accounts and public addresses, and the same answers."""

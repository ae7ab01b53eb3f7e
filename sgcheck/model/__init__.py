"""The network: filters, routes, things and findings, without any provider's vocabulary."""

"""From AWS records to the model, one module for each part of it; nothing here is known to the model."""

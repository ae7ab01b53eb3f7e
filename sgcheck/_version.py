"""The version, as a literal: the build reads it here, and so does `--version`, without importing package metadata."""

__version__ = "0.1.0"

"""Results as text, JSON, JUnit, Markdown and GitHub annotations."""

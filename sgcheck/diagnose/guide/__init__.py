"""The troubleshooting guide: a ladder for each symptom and topic, read from its page."""

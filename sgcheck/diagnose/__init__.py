"""Diagnosis: a symptom, what the configuration says, and evidence become ranked causes."""

"""The face for residents and businesses."""

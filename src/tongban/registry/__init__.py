"""Divisions, organisations, subjects, staff and their roles."""

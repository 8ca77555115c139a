"""Filings, their cases, clocks, decisions and acts."""

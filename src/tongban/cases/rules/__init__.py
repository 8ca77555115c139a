"""The law of filings and cases, pure: no database, no clock, no network."""

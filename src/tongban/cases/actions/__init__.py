"""Every write of filings and cases."""

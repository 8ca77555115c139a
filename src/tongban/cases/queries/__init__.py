"""Every read of filings and cases."""

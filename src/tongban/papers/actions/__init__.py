"""Every write of papers: materials taken in and destroyed, notices given and sealed."""

"""The form of a filing: what a browser sent, read; what is asked, shown."""

"""The four kinds of connector that are configured, never programmed: REST, SOAP, SQL, files."""

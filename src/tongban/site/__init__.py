"""Settings, addresses, processes and the command line: assembles, decides nothing."""

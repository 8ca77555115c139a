"""Evidence: two append-only Merkle logs, private entries and salted public leaves."""

"""Moving data between offices: connectors, the right to share, its evidence."""

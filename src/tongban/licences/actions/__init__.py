"""Every write of licences: prepared beside the decision, signed outside, shown after; changed by name."""

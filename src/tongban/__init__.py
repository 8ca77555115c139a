"""Tongban 通办: one filing, every office at once, each step provable."""

"""Renderings of a licence for people: one sheet laid out once, written as PDF/A-3b and as OFD."""

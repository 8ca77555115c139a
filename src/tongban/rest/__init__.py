"""The face for machines: the REST interface."""

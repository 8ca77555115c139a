"""The one book of data: elements, resources, sources, grants."""

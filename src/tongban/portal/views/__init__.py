"""What each address does: parse, call a door, render."""

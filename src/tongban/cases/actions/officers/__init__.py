"""What officers do: claim, decide, not accept, ask for completion, stop the clock, extend it."""

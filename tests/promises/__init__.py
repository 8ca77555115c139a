"""The seven promises (DESIGN §2): each has a folder that tries to break it."""

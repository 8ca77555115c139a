"""What goes on by itself: gathering, deciding by rule, registering, signing, watching clocks."""

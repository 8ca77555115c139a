"""How the generator makes people, places and enterprises, and plants its known errors."""

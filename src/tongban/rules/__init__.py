"""Law as data: checked expressions, three values, dated parameters."""

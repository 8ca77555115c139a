"""Promise 5, 机器只说可: a machine may say yes in full; only a named person may say no."""

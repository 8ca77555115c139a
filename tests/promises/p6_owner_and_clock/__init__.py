"""Promise 6, 等待有人有时: every wait has an owner and a clock."""

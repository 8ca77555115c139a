"""Promise 2, 一数一源: one authoritative resource for each element, jurisdiction and period."""

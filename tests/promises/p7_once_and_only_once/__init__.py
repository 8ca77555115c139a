"""Promise 7, 一次且仅一次: no crash, retry or double click does anything twice or loses it."""

"""The gateway: shares for other organisations' systems, signed by them as asked and by us as answered."""

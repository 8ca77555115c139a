"""Promise 4, 先存证后生效: nothing takes effect before its evidence is durable."""

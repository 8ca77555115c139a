"""What every room stands on: values, texts, errors, ids, the clock, deadlines, transactions."""

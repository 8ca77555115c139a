"""Promise 1, 只问一次: nothing that a granted source can supply is asked of a person."""

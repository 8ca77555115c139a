"""Materials that people hand in and notices that offices issue."""

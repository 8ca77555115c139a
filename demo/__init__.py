"""The outside world of the city 云溪市: other organisations' systems, and the generator of their data."""

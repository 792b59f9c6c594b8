"""Benchmarks: each row a ratio to a floor measured beside it, in the same run. See `docs/guides/speed.md`."""

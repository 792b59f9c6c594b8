"""What `portal demo` shows: two cohorts with lively sample people, made through the services."""

from portal.demo_data.prepare import demo_seed, prepare

__all__ = ["demo_seed", "prepare"]

"""For all tests: a property is about what holds, not about how long it takes."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

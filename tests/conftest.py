"""For all tests: a property is about what holds, not about how long it takes."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.register_profile("long", deadline=None, max_examples=1000)  # pytest --hypothesis-profile=long
settings.load_profile("house")

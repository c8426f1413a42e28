"""The demo world: invented people, a course short enough to finish in minutes, and a desk to look behind the scenes.

Everything is made through the services that make it in life, so whatever a rule forbids cannot be in the demo either.
"""

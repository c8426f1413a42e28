"""The films of the demo course: drawn scene by scene in code, so that the portal ships no foreign footage.

`scenes` says what is seen at second t, as SVG; `making` turns it into H.264. A real course brings its own films.
"""

from courses.films.making import CannotMake, Made, make, still

__all__ = ["CannotMake", "Made", "make", "still"]

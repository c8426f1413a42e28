"""Tables as people fill them: read from .xlsx and .csv without guessing, written as templates and returned files."""

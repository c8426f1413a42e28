"""Tables of courses and questions as people fill them: read from .xlsx and .csv, written as templates and returned files."""

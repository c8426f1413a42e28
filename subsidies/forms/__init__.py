"""Forms by who fills them in."""

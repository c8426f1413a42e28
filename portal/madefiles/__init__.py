"""Files that somebody asks for: made by a worker, fetched by who asked alone, deleted after some days.

A table of its own inherits `models.MadeFile`; who may ask, what the file holds and what the audit says is the business of its app.
"""

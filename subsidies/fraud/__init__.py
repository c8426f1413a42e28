"""Checks for fraud, as data: what each looks at, by which numbers, and what follows. None rejects a claim by itself."""

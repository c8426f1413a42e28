"""How fast the product is, each figure beside the bare limit of the same machine in the same run.

    python -m benchmarks [--quick] [--courses N] [--rounds N] [--seconds S]      (or: make bench)

Starts its own PostgreSQL, Valkey and web server under var/bench, fills a world, measures, writes a table and
var/bench/report.json, and stops all it started. Nothing leaves the machine. See docs/performance.md.
"""

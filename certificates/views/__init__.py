from certificates.views import batches, desk, holder, inspections, public, statistics

__all__ = ["batches", "desk", "holder", "inspections", "public", "statistics"]

from certificates.views import batches, desk, holder, public

__all__ = ["batches", "desk", "holder", "public"]

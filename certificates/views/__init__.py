from certificates.views import desk, holder, public

__all__ = ["desk", "holder", "public"]

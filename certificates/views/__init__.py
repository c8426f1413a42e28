from certificates.views import credentials, desk, holder, public

__all__ = ["credentials", "desk", "holder", "public"]

from certificates.views import consents, desk, holder, public

__all__ = ["consents", "desk", "holder", "public"]

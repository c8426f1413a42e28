from certificates.views import credentials, desk, holder, public, templates

__all__ = ["credentials", "desk", "holder", "public", "templates"]

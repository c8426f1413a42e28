from certificates.views import desk, holder, public, templates

__all__ = ["desk", "holder", "public", "templates"]

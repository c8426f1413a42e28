from certificates.views import credentials, desk, external, external_desk, holder, public, templates

__all__ = ["credentials", "desk", "external", "external_desk", "holder", "public", "templates"]

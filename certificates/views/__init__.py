from certificates.views import desk, external, external_desk, holder, public

__all__ = ["desk", "external", "external_desk", "holder", "public"]

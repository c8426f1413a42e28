from django.apps import AppConfig


class OwnDataConfig(AppConfig):
    name = "portal.owndata"
    label = "owndata"

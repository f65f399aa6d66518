from django.apps import AppConfig


class GraphsConfig(AppConfig):
    name = "studio.graphs"

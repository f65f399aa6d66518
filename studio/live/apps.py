from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "studio.live"

    def ready(self) -> None:
        from studio.live.news import listen_to_news

        listen_to_news()

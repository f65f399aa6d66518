from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "studio.reviews"

    def ready(self) -> None:
        from studio.catalog import replacements  # models are not loaded before this
        from studio.reviews.candidates import follow_new_bundle

        replacements.listeners.append(follow_new_bundle)

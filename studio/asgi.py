"""Where an ASGI server enters: pages and API by Django, sockets by `studio/live`."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
_http = get_asgi_application()

# Apps are loaded by now: what follows imports models.
from studio.live.doors import sockets  # noqa: E402  see above

application = ProtocolTypeRouter({"http": _http, "websocket": sockets})

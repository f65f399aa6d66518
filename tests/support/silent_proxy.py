"""A line to a server that can fall silent: connections stay, and nothing comes through any more."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SilentProxy:
    """Forwards connections to a port of this machine until `fall_silent`; later ones are forwarded again."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._silence = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """For what is connected now."""
        self._silence.set()
        self._silence = threading.Event()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, self._silence), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, silence: threading.Event) -> None:
        try:
            while data := source.recv(1 << 16):
                if not silence.is_set():
                    sink.sendall(data)
        except OSError:
            return  # closed at the end of a test

    def close(self) -> None:
        self._listener.close()
        for end in self._open:
            end.close()


@contextmanager
def silent_proxy(port: int) -> Iterator[SilentProxy]:
    proxy = SilentProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()

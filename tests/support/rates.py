"""The example service of docker/rates as a real process, and its levers."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.request import Request, urlopen

from executors.trial import Packed, pack_files
from tests.support.paths import ROOT, VECTORS

SERVICE: Final = ROOT / "docker" / "rates"
CERTIFICATE: Final = VECTORS / "certificates" / "loopback.pem"


@dataclass(frozen=True, slots=True)
class Rates:
    port: int

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def trouble(self, *troubles: Mapping[str, Any], **more: Any) -> None:
        """What it answers before it is honest again: {status, body, seconds}."""
        self._ask({"troubles": troubles, **more})

    def calls(self) -> list[dict[str, str]]:
        """The headers of the calls since the last `trouble`."""
        return list(self._ask(None)["calls"])

    def _ask(self, document: Any) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = Request(f"https://{self.place}/levers", data=body)
        context = ssl.create_default_context(cafile=str(CERTIFICATE))
        with urlopen(request, timeout=10, context=context) as answer:
            return json.loads(answer.read())

    def files(self, *, name: str = "demo/convert-amounts", **changes: str) -> dict[str, bytes]:
        """The module's files, for this port; `changes` replace texts of module.toml."""
        folder = SERVICE / "module"
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        manifest = files["module.toml"].decode().replace("rates:8443", self.place)
        manifest = manifest.replace("demo/convert-amounts", name)
        manifest = manifest.replace('owner = "demo"', f'owner = "{name.partition("/")[0]}"')
        for old, new in changes.items():
            manifest = manifest.replace(old, new)
        return {**files, "module.toml": manifest.encode()}

    def packed(self) -> Packed:
        return pack_files(self.files())

    def description(self) -> Any:
        """Its OpenAPI document, for a contract whose network names this port."""
        document = json.loads((SERVICE / "openapi.json").read_text("utf-8"))
        return {**document, "x-lamina-contract": self.packed().version.contract}


@contextmanager
def running_rates() -> Iterator[Rates]:
    program = [sys.executable, str(SERVICE / "rates.py"), "--port", "0", "--levers"]
    with subprocess.Popen(
        [*program, "--certificate", str(CERTIFICATE)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Rates(int(process.stdout.readline().rstrip(".\n").rpartition(":")[2]))
        finally:
            process.terminate()

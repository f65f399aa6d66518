#!/usr/bin/env python3
"""Rates: a microservice that is a module. Converts amounts of money, with nothing but the standard library.

Owns:      POST /convert, its description at /convert/openapi.json, and GET /healthz.
Promises:  checks what it is sent; the same idempotency key gets the same answer; refuses calls that are made
           for another contract.
"""

import argparse
import json
import ssl
import threading
import time
from collections import OrderedDict
from decimal import ROUND_HALF_EVEN, Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RATES = {"EUR": Decimal(1), "USD": Decimal("1.08"), "CHF": Decimal("0.94"), "JPY": Decimal("162.5")}
BODY_BYTES = 1 << 20
ANSWERS_KEPT = 1_000
DESCRIPTION = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))
Answer = tuple[int, dict[str, Any]]


class Rates:
    """What the service knows. `troubles` are answers that it gives before honest ones, for trying things out."""

    def __init__(self) -> None:
        self.description = DESCRIPTION
        self.troubles: list[dict[str, Any]] = []
        self.calls: list[dict[str, str]] = []
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def convert(self, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            self.calls.append(headers)
            trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            time.sleep(trouble.get("seconds", 0))
            if "status" in trouble:
                return trouble["status"], trouble.get("body", {})
        if headers.get("lamina-contract", self.contract) != self.contract:
            return 409, {"message": f"This service fulfils {self.contract}."}
        key = headers.get("idempotency-key", "")
        with self._lock:
            if key not in self._answers:
                self._answers[key] = answer_to(body)
                if len(self._answers) > ANSWERS_KEPT:
                    self._answers.popitem(last=False)
            return self._answers[key] if key else self._answers.pop(key)

    @property
    def contract(self) -> str:
        return str(self.description["x-lamina-contract"])


def answer_to(body: bytes) -> Answer:
    """200 with the outputs by port, 422 with a declared error, 400 for what is no call."""
    try:
        call = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        amounts, target = call["inputs"]["amounts"], call["config"].get("to", "EUR")
        converted = [
            {"amount": _rounded(row["amount"] / RATES[row["currency"]] * RATES[target]), "currency": target}
            for row in amounts
        ]
    except KeyError as unknown:
        name = str(unknown.args[0])
        if name in ("inputs", "amounts", "config", "amount", "currency"):
            return 400, {"message": f"The call has no {name}."}
        message = f"There is no rate for {name}."
        return 422, {"name": "unknown_currency", "message": message, "data": {"currency": name}}
    except (ValueError, TypeError, ArithmeticError):
        return 400, {"message": "The call cannot be read."}
    return 200, {"converted": converted}


def _rounded(amount: Decimal) -> float:
    return float(amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN))


class Handler(BaseHTTPRequestHandler):
    """One exchange. `rates` and `has_levers` are set on the class that `main` makes."""

    rates: Rates
    has_levers = False
    timeout = 30

    def do_GET(self) -> None:
        if self.path == "/convert/openapi.json":
            self._send(200, self.rates.description)
        elif self.path == "/healthz":
            self._send(200, {"status": "ok"})
        elif self.path == "/levers" and self.has_levers:
            self._send(200, {"calls": self.rates.calls})
        else:
            self._send(404, {"message": "There is nothing here."})

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        if size > BODY_BYTES:
            self._send(413, {"message": "The call is too large."})
            return
        body = self.rfile.read(size)
        if self.path == "/convert":
            self._send(*self.rates.convert({key.lower(): text for key, text in self.headers.items()}, body))
        elif self.path == "/levers" and self.has_levers:
            wanted = json.loads(body)
            self.rates.troubles[:] = wanted.get("troubles", [])
            self.rates.description = wanted.get("description", DESCRIPTION)
            self.rates.calls.clear()
            self._send(200, {})
        else:
            self._send(404, {"message": "There is nothing here."})

    def _send(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        try:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            pass  # whoever asked has gone

    def log_message(self, *_: Any) -> None:
        """Nothing of a call is written down."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443, help="0 takes a free one")
    parser.add_argument("--certificate", type=Path, help="a PEM file with certificate and key: speak TLS")
    parser.add_argument("--levers", action="store_true", help="let callers make trouble at /levers")
    options = parser.parse_args()
    handler = type("RatesHandler", (Handler,), {"rates": Rates(), "has_levers": options.levers})
    server = ThreadingHTTPServer((options.host, options.port), handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"Rates listens on {options.host}:{server.server_address[1]}.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()

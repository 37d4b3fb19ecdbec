"""Runs one output of a configuration, and doubles of what outputs talk to: HTTP servers
that check what the products would check."""

import base64
import gzip
import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import messages
from harness import PATIENCE_S, PROGRAM, SANITIZER

DRIVER = str(pathlib.Path(PROGRAM).parent / "tests" / "outputs" / "drive_output")
ID = re.compile(r"[0-9a-f]{32}\Z")
INDEX = re.compile(r"[a-z0-9.][^A-Z\\/*?\"<>| ,#]{0,254}\Z")
needs_driver = unittest.skipUnless(os.path.exists(DRIVER), f"no {DRIVER}")


def wait(ready, what, timeout_s=PATIENCE_S):
    """Until ready() returns something true, and returns it. |what|: text, or a function."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited {timeout_s} s in vain for {what() if callable(what) else what}")


class Output:
    """An output in a process of its own. |conf|: YAML of outputs.it, in one line or more;
    |patience_s|: how long it may go on after its last event."""

    def __init__(self, conf, users="", state=None, patience_s=PATIENCE_S, env=None):
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name) / "t.yaml"
        path.write_text(f"{users}\noutputs:\n  it:\n" + "".join(
            f"    {line}\n" for line in conf.strip().splitlines()))
        self.process = subprocess.Popen(
            [DRIVER, str(path), "it", state or self.folder.name, str(patience_s)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=dict(os.environ) | (env or {}))

    def line(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def send(self, datagram, source="192.0.2.1", port=40000):
        self.line(f"{source} {port} {datagram.hex()}")

    def own(self, text):
        self.line(f"own {text}")

    def counters(self):
        self.line("?")
        return json.loads(self.process.stdout.readline())

    def wait(self, ready):
        """Until ready(counters) is true."""
        last = {}

        def look():
            last.update(self.counters())
            return ready(last) and dict(last)
        return wait(look, lambda: f"these counters: {last}")

    def finish(self):
        """Ends it; its last counters. What was put is somewhere."""
        out, err = self.process.communicate(timeout=2 * PATIENCE_S)
        self.folder.cleanup()
        if self.process.returncode != 0 or SANITIZER.search(err):
            raise AssertionError(f"status {self.process.returncode}: {err}")
        c = json.loads(out.splitlines()[-1])
        total = c["delivered"] + c["rejected"] + c["given_up"] + c["dropped"]
        if total != c["put"]:
            raise AssertionError(f"sums do not add up: {c}")
        return c

    def problem_at_start(self):
        out, err = self.process.communicate(timeout=PATIENCE_S)
        self.folder.cleanup()
        return err if self.process.returncode == 2 else f"started: {out}"

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()
        self.folder.cleanup()


class Request:
    def __init__(self, handler, body):
        self.method, self.path = handler.command, handler.path
        self.headers, self.raw = handler.headers, body
        self.gzip = handler.headers.get("Content-Encoding") == "gzip"
        self.body = gzip.decompress(body) if self.gzip else body
        self.type = handler.headers.get("Content-Type")
        self.peer = handler.client_address

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(x) for x in self.body.splitlines()]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        double = self.server.double
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = Request(self, body)
        with double.lock:
            double.requests.append(request)
            planned = double.plan.pop(0) if double.plan else None
            answer = None if isinstance(planned, str) else planned or double.answer(request)
        if planned == "close":
            self.close_connection = True
        elif planned == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            self.close_connection = True
        elif planned == "stall":
            double.ended.wait(PATIENCE_S)
            self.close_connection = True
        elif planned == "late":  # it does what is asked, but its answer is lost
            double.answer(request)
            self.close_connection = True
        else:
            self.reply(*answer)

    do_POST = do_PUT = do_PATCH = handle_any

    def reply(self, status, body=b"", headers=()):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args):
        self.open = set()
        super().__init__(*args)

    def process_request(self, request, address):
        self.open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def close_all(self):
        for request in list(self.open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request, address):
        pass


class Double:
    """A server that takes everything. |plan|: what to do with the next requests instead:
    (status, body, headers), "close", "half", "stall" or "late"."""

    def __init__(self, tls=None, port=0):
        self.requests, self.plan, self.lock = [], [], threading.Lock()
        self.tls, self.ended = tls, None
        self.server, self.port = None, port
        self.start()

    def start(self):
        self.ended = threading.Event()
        self.server = Quiet(("127.0.0.1", self.port), Handler)
        self.server.double = self
        self.port = self.server.server_address[1]
        if self.tls:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.server.close_all()

    def url(self, path=""):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}{path}"

    def answer(self, request):
        return 200, b"ok\n"


class Elasticsearch(Double):
    """_bulk as Elasticsearch 8 and OpenSearch 2 have it. |refuse|: a function of a
    document that gives the status and the error of its item, or None."""

    def __init__(self, **more):
        self.documents, self.repeats, self.refuse = {}, 0, lambda document: None
        super().__init__(**more)

    def answer(self, request):
        path, _, query = request.path.partition("?")
        if path != "/_bulk" or request.method != "POST":
            return 405, {"error": f"Incorrect HTTP method for uri [{request.path}]"}
        if request.type != "application/x-ndjson":
            return 406, {"error": f"Content-Type header [{request.type}] is not supported"}
        if not request.body.endswith(b"\n"):
            return 400, {"error": "The bulk request must be terminated by a newline [\\n]"}
        try:
            items = self.take(request.body[:-1].split(b"\n"))
        except (ValueError, KeyError) as problem:
            return 400, {"error": {"type": "illegal_argument_exception",
                                   "reason": f"Malformed action/metadata line: {problem}"}}
        assert "filter_path=" in query
        return 200, {"errors": any("error" in x["create"] for x in items), "items": items}

    def take(self, lines):
        if len(lines) % 2:
            raise ValueError("an action without a document")
        pairs = [(json.loads(a), json.loads(d)) for a, d in zip(lines[::2], lines[1::2])]
        return [{"create": self.create(a["create"], d)} for a, d in pairs]

    def create(self, action, document):
        if set(action) != {"_index", "_id"} or not ID.match(action["_id"]):
            raise ValueError(f"create of {action}")
        if not INDEX.match(action["_index"]):
            return {"status": 400, "error": {"type": "invalid_index_name_exception",
                                             "reason": "Invalid index name"}}
        if refused := self.refuse(document):
            return {"status": refused[0], "error": {
                "type": refused[1], "reason": 'failed to parse "field"\n[\u00e4]'}}
        key = action["_index"], action["_id"]
        if key in self.documents:
            self.repeats += 1
            return {"status": 409, "error": {"type": "version_conflict_engine_exception",
                                             "reason": "document already exists"}}
        self.documents[key] = document
        return {"status": 201}


class Splunk(Double):
    """The HTTP Event Collector, with its codes."""

    def __init__(self, token, **more):
        self.token, self.events, self.indexes = token, [], {"main", "traps"}
        super().__init__(**more)

    def answer(self, request):
        given = request.headers.get("Authorization")
        if request.path != "/services/collector/event":
            return 404, {"text": "The requested URL was not found on this server.", "code": 404}
        if not given:
            return 401, {"text": "Token is required", "code": 2}
        if not given.startswith("Splunk "):
            return 401, {"text": "Invalid authorization", "code": 3}
        if given != f"Splunk {self.token}":
            return 403, {"text": "Invalid token", "code": 4}
        return self.take(request.body.decode())

    def take(self, text):
        events, at = [], 0
        if not text.strip():
            return 400, {"text": "No data", "code": 5}
        while text[at:].strip():
            try:
                event, end = json.JSONDecoder().raw_decode(text[at:].lstrip())
            except ValueError:
                return 400, {"text": "Invalid data format", "code": 6,
                             "invalid-event-number": len(events)}
            at += len(text[at:]) - len(text[at:].lstrip()) + end
            if "event" not in event:
                return 400, {"text": "Event field is required", "code": 12}
            if event.get("index", "main") not in self.indexes:
                return 400, {"text": "Incorrect index", "code": 7,
                             "invalid-event-number": len(events)}
            events.append(event)
        self.events += events
        return 200, {"text": "Success", "code": 0}


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Certificates:
    """A CA of our own, a server's certificate for the name traps.example.net, and a
    client's."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.make("ca", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE")
        self.make("other", "/CN=Other CA", "-addext", "basicConstraints=critical,CA:TRUE")
        self.make("server", "/CN=server", "-addext",
                  "subjectAltName=DNS:traps.example.net", signed=True)
        self.make("client", "/CN=client", signed=True)

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def make(self, name, subject, *more, signed=False):
        ca = ("-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key")) if signed else ()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"),
                        "-subj", subject, *ca, *more], check=True, capture_output=True)

    def server(self, client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        if client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.pem"))
        return context


def trap(number, **more):
    """A v2c trap that is not like another: its uptime is |number|."""
    return messages.v2c(uptime=number, **more)


class OutputCase(unittest.TestCase):
    def output(self, conf, **more):
        output = Output(conf, **more)
        self.addCleanup(output.close)
        return output

    def double(self, kind=Double, *args, **more):
        double = kind(*args, **more)
        self.addCleanup(double.stop)
        return double

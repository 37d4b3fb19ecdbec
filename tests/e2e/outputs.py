"""Runs one output of a configuration, with `trapline run` or by itself, and doubles of what
outputs talk to: HTTP servers that check what the products would check."""

import base64
import gzip
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import messages
import running
from harness import PATIENCE_S, PROGRAM, SANITIZER, run

DRIVER = str(pathlib.Path(PROGRAM).parent / "tests" / "outputs" / "drive_output")
needs_driver = unittest.skipUnless(os.path.exists(DRIVER), f"no {DRIVER}")


def wait(ready, what, timeout_s=PATIENCE_S):
    """Until ready() returns something true, and returns it. |what|: text, or a function."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited {timeout_s} s in vain for {what() if callable(what) else what}")


SETTLED = ("delivered", "rejected", "given_up", "dropped")


def settled(counters):
    return sum(counters[name] for name in SETTLED)


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


class Run:
    """`trapline run` with one output, "it". |conf|: YAML of outputs.it; |more|: other keys
    of the file; |secrets|: what is never to be seen."""

    def __init__(self, conf, more=None, secrets=(), **how):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / "trapline.yaml"
        top = {"listen": ["udp:127.0.0.1:0"], "state": self.folder.name + "/state"}
        self.path.write_text("".join(
            f"{key}: {json.dumps(value)}\n"
            for key, value in (top | running.PLAIN | (more or {})).items()) +
            "outputs:\n  it:\n" + "".join(
                f"    {line}\n" for line in conf.strip().splitlines()))
        self.secrets, self.sent, self.last = secrets, 0, None
        self.daemon = running.Daemon(folder=self.folder.name, **how)

    def start(self):
        self.daemon.wait_ready()
        return self

    def send(self, *datagrams, source="127.0.0.1"):
        self.daemon.send(*datagrams, source=source)
        self.sent += len(datagrams)

    def own(self):
        """An event of our own; it needs more={"refused": True}."""
        self.send(b"\x30\x03\x02\x01")

    def counters(self):
        it, = self.daemon.ask("status")["outputs"]
        return {"problem": ""} | it

    def wait(self, ready):
        """Until ready(counters) is true."""
        last = {}

        def look():
            last.clear()
            last.update(self.counters())
            return ready(last) and dict(last)
        return wait(look, lambda: f"these counters: {last}; {self.daemon.errors[-3:]}")

    def finish(self):
        """Waits until all that was sent is settled, and ends it; its last counters, which
        are also its metrics."""
        said = self.wait(lambda c: settled(c) >= self.sent)
        metrics = self.daemon.metrics()
        for name in SETTLED + ("retries",):
            told = sum(int(v) for k, v in metrics.items() if k.startswith(
                f'trapline_output_{name}_total{{output="it"'))
            if told != said[name]:
                raise AssertionError(f"metrics say {told} {name}: {said}")
        self.end()
        return said

    def end(self):
        """Ends it as it is; its last counters."""
        self.look_for_secrets()
        c = self.daemon.stop()
        if self.daemon.status != 0:
            raise AssertionError(f"status {self.daemon.status}: {self.daemon.errors}")
        self.last = c["outputs"]["it"]
        if settled(self.last) != self.sent:
            raise AssertionError(f"sums do not add up to {self.sent}: {self.last}")
        return self.last

    def look_for_secrets(self):
        if not self.secrets:
            return
        commands = [[PROGRAM, what, "-c", str(self.path)] for what in ("config", "status")]
        said = [run(argv).stdout.decode() for argv in commands]
        said += [json.dumps(self.daemon.ask("status")), self.daemon.get(),
                 *self.daemon.errors]
        for text in said:
            for secret in self.secrets:
                if secret in text:
                    raise AssertionError(f"{secret} shows in {text}")

    def problem_at_start(self):
        self.daemon.process.wait(PATIENCE_S)
        self.daemon.thread.join()
        text = "\n".join(self.daemon.errors)
        return text if self.daemon.process.returncode else f"started: {text}"

    def close(self):
        self.daemon.close()
        self.folder.cleanup()
        if SANITIZER.search("\n".join(self.daemon.errors)):
            raise AssertionError(self.daemon.errors)


class Request:
    def __init__(self, handler, body):
        self.method, self.path = handler.command, handler.path
        self.headers, self.raw = handler.headers, body
        self.gzip = handler.headers.get("Content-Encoding") == "gzip"
        self.body = gzip.decompress(body) if self.gzip else body
        self.type = handler.headers.get("Content-Type")
        self.peer, self.time = handler.client_address, time.monotonic()

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(x) for x in self.body.splitlines()]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        double = self.server.double
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.request_version == "HTTP/1.1" and self.headers["Host"]
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
        elif planned == "half chunk":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{")
            self.close_connection = True
        elif planned == "nonsense":
            self.wfile.write(b"220 mail.example.net ESMTP\r\n")
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
    (status, body, headers), "close", "half", "half chunk", "nonsense", "stall" or "late".
    |wrong|: what a server refuses that no client should have sent."""

    def __init__(self, tls=None, port=0, address="127.0.0.1"):
        self.requests, self.plan, self.wrong = [], [], []
        self.lock = threading.Lock()
        self.tls, self.ended = tls, None
        self.server, self.port, self.address = None, port, address
        self.start()

    def start(self):
        self.ended = threading.Event()
        self.server = Quiet((self.address, self.port), Handler)
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
        return f"http{'s' if self.tls else ''}://{self.address}:{self.port}{path}"

    def answer(self, request):
        return 200, b"ok\n"


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Certificates:
    """A CA of our own, a server's certificate for |names|, and a client's."""

    def __init__(self, *names):
        self.folder = tempfile.TemporaryDirectory()
        self.make("ca", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE")
        self.make("other", "/CN=Other CA", "-addext", "basicConstraints=critical,CA:TRUE")
        self.make("server", "/CN=server", "-addext",
                  "subjectAltName=" + ",".join(
                      f"DNS:{name}" for name in names or ("traps.example.net",)),
                  signed=True)
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
        self.addCleanup(lambda: self.assertEqual(double.wrong, []))
        return double

    def run_output(self, conf, **how):
        """One output of `trapline run`; |conf| as in Run."""
        output = Run(conf, **how)
        self.addCleanup(output.close)
        return output.start()

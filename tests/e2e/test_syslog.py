"""The output syslog of `trapline run`, before receivers that read RFC 5424 (and RFC 5425, 5426, 6587) to the
letter: a message that is not as they say fails the test."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

import ber
import messages
from outputs import PATIENCE_S, Certificates, OutputCase, Run, trap, wait

IF_DESCR = "1.3.6.1.2.1.2.2.1.2.3"
HEADER = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)|-) "
    rb"([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ")
NAME = re.compile(rb'[!#-<>-\\^-~]{1,32}')  # printable but = space ] "
VALUE = re.compile(rb'"((?:[^"\\\]]|\\["\\\]])*)"', re.S)


class Message:
    """RFC 5424 section 6, whole and to its end."""

    def __init__(self, raw):
        head = HEADER.match(raw)
        if not head:
            raise ValueError(f"no header: {raw!r}")
        pri = int(head[1])
        self.facility, self.severity = divmod(pri, 8)
        if pri > 191 or str(pri).encode() != head[1]:
            raise ValueError(f"PRI: {raw!r}")
        self.host, self.app, self.process, self.id = (
            head[i].decode() for i in (3, 4, 5, 6))
        self.data, at = self.structured(raw, head.end())
        if raw[at:at + 1] not in (b"", b" "):
            raise ValueError(f"after structured data: {raw[at:]!r}")
        text = raw[at + 1:]
        self.marked = text.startswith(b"\xef\xbb\xbf")
        self.text = text.decode("utf-8-sig" if self.marked else "ascii")
        self.size = len(raw)

    @staticmethod
    def structured(raw, at):
        data = {}
        if raw[at:at + 1] == b"-":
            return data, at + 1
        while raw[at:at + 1] == b"[":
            element = NAME.match(raw, at + 1)
            at, values = element.end(), {}
            while raw[at:at + 1] == b" ":
                name = NAME.match(raw, at + 1)
                value = VALUE.match(raw, name.end() + 1)
                if raw[name.end():name.end() + 1] != b"=" or name[0].decode() in values:
                    raise ValueError(f"parameter: {raw[at:]!r}")
                values[name[0].decode()] = re.sub(
                    rb'\\(["\\\]])', rb"\1", value[1]).decode()
                at = value.end()
            if raw[at:at + 1] != b"]" or element[0].decode() in data:
                raise ValueError(f"element: {raw[at:]!r}")
            data[element[0].decode()], at = values, at + 1
        if not data:
            raise ValueError(f"structured data: {raw[at:]!r}")
        return data, at

    def number(self):
        """The uptime, which tells traps apart."""
        return int(self.data["snmp"]["t1"])


class Receiver:
    """|messages|: what came, in order. A message that is none is in |bad|."""

    def __init__(self):
        self.messages, self.bad, self.lock = [], [], threading.Lock()

    def take(self, raw):
        try:
            message = Message(raw)
        except (ValueError, TypeError, AttributeError) as problem:
            self.bad.append(f"{problem}: {raw!r}")
            return
        with self.lock:
            self.messages.append(message)

    def numbers(self):
        with self.lock:
            return [m.number() for m in self.messages]


class Datagrams(Receiver):
    def __init__(self, family, address, shares=False):
        super().__init__()
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, shares)
        self.socket.bind(address)
        self.address = self.socket.getsockname()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                raw = self.socket.recv(70000)
            except OSError:
                return
            if not raw:
                return
            self.take(raw)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Stream(Receiver):
    """|counted|: octet counting, RFC 6587 section 3.4.1; else a line each. |limit|: bytes
    after which it resets the connection, once."""

    def __init__(self, family, address, counted=True, tls=None, limit=None):
        super().__init__()
        self.family, self.counted, self.tls, self.limit = family, counted, tls, limit
        self.connections, self.open, self.failures = 0, [], []
        self.socket = None
        self.listen(address)

    def listen(self, address):
        self.socket = socket.socket(self.family, socket.SOCK_STREAM)
        if self.family == socket.AF_INET:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        self.socket.listen()
        self.address = self.socket.getsockname()
        threading.Thread(target=self.accept, args=(self.socket,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.connections += 1
            self.open.append(connection)
            self.read(connection)
        except OSError as problem:
            self.failures.append(str(problem))
        connection.close()

    def read(self, connection):
        buffer, total = b"", 0
        while True:
            more = connection.recv(4096)
            if not more:
                break
            total += len(more)
            buffer = self.split(buffer + more)
            if self.limit and total > self.limit:
                self.limit = None
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
                return
        if buffer:
            self.bad.append(f"half a message: {buffer!r}")

    def split(self, buffer):
        while self.counted:
            count = re.match(rb"([1-9]\d{0,4}) ", buffer)
            if not count:
                if not re.fullmatch(rb"([1-9]\d{0,4})?", buffer):
                    self.bad.append(f"no count: {buffer!r}")
                return buffer
            end = count.end() + int(count[1])
            if len(buffer) < end:
                return buffer
            self.take(buffer[count.end():end])
            buffer = buffer[end:]
        *lines, rest = buffer.split(b"\n")
        for line in lines:
            self.take(line)
        return rest

    def stop(self):
        """Goes away: no longer listens, and closes what is open."""
        self.close()
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class SyslogCase(OutputCase):
    def receiver(self, kind, *args, **more):
        receiver = kind(*args, **more)
        self.addCleanup(receiver.close)
        self.addCleanup(lambda: self.assertEqual(receiver.bad, []))
        return receiver

    def start(self, address, conf="", **how):
        return self.run_output(f"type: syslog\naddress: '{address}'\n"
                           f"retry: {{first: 20ms, most: 100ms}}\n{conf}", **how)

    def arrives(self, receiver, count):
        wait(lambda: len(receiver.numbers()) >= count or receiver.bad,
             lambda: f"{count} messages: {receiver.numbers()}")

    def check_numbers(self, output, receiver, count=300):
        output.send(*map(trap, range(1, count + 1)))
        self.arrives(receiver, count)
        self.assertEqual(receiver.numbers(), list(range(1, count + 1)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (count, 0))
        self.assertEqual(counters["problem"], "")


class Transports(SyslogCase):
    def test_udp(self):
        receiver = self.receiver(Datagrams, socket.AF_INET, ("127.0.0.1", 0))
        output = self.start(f"udp:127.0.0.1:{receiver.address[1]}")
        self.check_numbers(output, receiver, count=100)  # its buffer holds so many

    def test_tcp_counts_octets(self):
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0))
        output = self.start(f"tcp:localhost:{receiver.address[1]}")
        self.check_numbers(output, receiver, count=3000)
        self.assertEqual(receiver.connections, 1)

    def unix_path(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return os.path.join(folder.name, "log")

    def test_a_unix_socket_of_datagrams(self):
        receiver = self.receiver(Datagrams, socket.AF_UNIX, self.unix_path())
        output = self.start(f"unix:{receiver.address}")
        self.check_numbers(output, receiver)

    def test_a_unix_socket_that_is_a_stream_has_lines(self):
        receiver = self.receiver(Stream, socket.AF_UNIX, self.unix_path(), counted=False)
        output = self.start(f"unix:{receiver.address}")
        self.check_numbers(output, receiver)


class Tls(SyslogCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.folder.cleanup)

    def tls(self, **how):
        return self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0),
                             tls=self.certificates.server(**how))

    def start_tls(self, receiver, more):
        return self.start(f"tls:127.0.0.1:{receiver.address[1]}", f"tls: {{{more}}}")

    def trusted(self):
        return f"ca: {self.certificates.path('ca.pem')}, server_name: traps.example.net"

    def test_talks_to_a_server_whose_certificate_fits(self):
        receiver = self.tls()
        self.check_numbers(self.start_tls(receiver, self.trusted()), receiver, count=2000)

    def test_shows_a_certificate_of_its_own(self):
        receiver = self.tls(client=True)
        ours = (f", cert: {self.certificates.path('client.pem')}, "
                f"key: {self.certificates.path('client.key')}")
        self.check_numbers(self.start_tls(receiver, self.trusted() + ours), receiver)

    def test_hangup_reads_renewed_certificates(self):
        receiver = self.tls()
        ca = pathlib.Path(self.certificates.folder.name) / "renewed.pem"
        shutil.copy(self.certificates.path("other.pem"), ca)
        output = self.start_tls(receiver, f"ca: {ca}, server_name: traps.example.net")
        output.send(trap(1))
        output.wait(lambda c: c["retries"] > 1)
        shutil.copy(self.certificates.path("ca.pem"), ca)
        output.daemon.process.send_signal(signal.SIGHUP)
        self.arrives(receiver, 1)
        ca.write_text("not a certificate")  # then those from before are gone on with
        output.daemon.process.send_signal(signal.SIGHUP)
        output.send(trap(2))
        self.arrives(receiver, 2)

    def test_says_goodbye(self):
        receiver = self.tls()
        output = self.start_tls(receiver, self.trusted())
        output.send(trap(1))
        self.arrives(receiver, 1)
        output.finish()
        self.assertEqual(receiver.failures, [])  # no "unexpected EOF"

    def refused(self, receiver, more, *words):
        output = self.start_tls(receiver, more)
        output.send(trap(1))
        said = output.wait(lambda c: c["retries"] > 1)["problem"]
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(receiver.numbers(), [])

    def test_refuses_a_certificate_that_nobody_trusts(self):
        other = self.certificates.path("other.pem")
        self.refused(self.tls(), f"ca: {other}, server_name: traps.example.net",
                     "certificate", "unable to get local issuer certificate")
        self.refused(self.tls(), "server_name: traps.example.net", "certificate")

    def test_refuses_a_certificate_of_another_name(self):
        ca = self.certificates.path("ca.pem")
        self.refused(self.tls(), f"ca: {ca}, server_name: other.example.net",
                     "hostname mismatch")
        self.refused(self.tls(), f"ca: {ca}", "IP address mismatch")

    def test_a_name_need_not_fit_without_verify(self):
        receiver = self.tls()
        self.check_numbers(self.start_tls(receiver, "verify: false"), receiver, count=3)

    def test_refuses_an_old_version(self):
        context = self.certificates.server()
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0), tls=context)
        self.refused(receiver, self.trusted(), "TLS handshake")

    def test_says_which_file_is_no_certificate(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("nothing\n")
            file.flush()
            output = Run("type: syslog\naddress: tls:127.0.0.1:9\n"
                         f"tls: {{ca: {file.name}}}")
            self.addCleanup(output.close)
            self.assertIn(file.name, output.problem_at_start())


class Content(SyslogCase):
    def test_says_what_the_trap_says(self):
        receiver = self.receiver(Datagrams, socket.AF_INET, ("127.0.0.1", 0))
        engine = b"\x80\0\x1f\x88\x04device"
        output = self.start(
            f"udp:127.0.0.1:{receiver.address[1]}", "facility: daemon", more={
                "trusted_relays": ["127.0.0.1"], "users": [{"name": "noc"}],
                "engine_addresses": {engine.hex(): "2001:db8::1"}})
        nasty = 'a "]\\ \u00fc\n'.encode()
        output.send(
            messages.Sender("noc", engine).message(
                uptime=7, trap_oid=messages.LINK_DOWN, context=b"vrf-a"),
            messages.v1(uptime=8, agent="192.0.2.9", generic=0),
            messages.v2c(ber.varbind(IF_DESCR, ber.octets(nasty)), uptime=9))
        self.arrives(receiver, 3)
        first, second, third = receiver.messages
        self.assertEqual((first.host, first.app, first.id),
                         ("2001:db8::1", "trapline", "linkDown"))
        self.assertEqual(first.process, str(output.daemon.process.pid))
        self.assertEqual(first.data["origin"], {"ip": "2001:db8::1"})
        self.assertEqual((first.facility, first.severity), (3, 2))  # major is critical
        self.assertEqual((first.data["snmp"]["ctxEngine"], first.data["snmp"]["ctxName"]),
                         (engine.hex(), "vrf-a"))
        self.assertEqual((second.host, second.id), ("192.0.2.9", "coldStart"))
        self.assertEqual(second.data["snmp"]["i3"], "192.0.2.9")
        snmp = third.data["snmp"]
        self.assertEqual(third.host, "127.0.0.1")
        self.assertEqual(snmp["x3"], nasty.hex())
        self.assertEqual(snmp["l3"], "ifDescr.3")
        self.assertEqual(snmp["a3"], 'a "]\\ \u00fc\\x0a')
        self.assertTrue(third.marked)
        self.assertFalse(first.marked)

    def test_names_and_numbers_are_those_of_rfc_5675(self):
        receiver = self.receiver(Datagrams, socket.AF_INET, ("127.0.0.1", 0))
        output = self.start(f"udp:127.0.0.1:{receiver.address[1]}")
        column, values = "1.3.6.1.4.1.99999.1.1", (
            ("d", ber.integer(-5), "-5"), ("x", ber.octets(b"\xff\0"), "ff00"),
            ("o", ber.oid("1.3.6.1"), "1.3.6.1"), ("i", ber.ip_address("192.0.2.1"),
                                                   "192.0.2.1"),
            ("t", ber.timeticks(5), "5"), ("c", ber.tlv(0x41, b"\x07"), "7"),
            ("u", ber.tlv(0x42, b"\x08"), "8"), ("C", ber.tlv(0x46, b"\x09"), "9"),
            ("p", ber.tlv(0x44, b"\x9f\x78\x04\0\0\0\0"), "9f780400000000"),
            ("n", ber.tlv(0x05, b""), None))
        output.send(messages.v2c(*(ber.varbind(f"{column}.{i}", value)
                                   for i, (_, value, _) in enumerate(values)), uptime=1))
        self.arrives(receiver, 1)
        snmp = receiver.messages[0].data["snmp"]
        self.assertEqual((snmp["v1"], snmp["t1"]), (messages.SYS_UPTIME, "1"))
        self.assertEqual((snmp["v2"], snmp["o2"]),
                         (messages.SNMP_TRAP_OID, messages.COLD_START))
        for i, (letter, _, text) in enumerate(values):
            self.assertEqual(snmp[f"v{i + 3}"], f"{column}.{i}")
            self.assertIn(f"{letter}{i + 3}", snmp)
            if text is not None:
                self.assertEqual(snmp[f"{letter}{i + 3}"], text)

    def test_the_text_is_what_a_rule_a_format_or_a_template_makes_of_it(self):
        receiver = self.receiver(Datagrams, socket.AF_INET, ("127.0.0.1", 0))
        address = f"udp:127.0.0.1:{receiver.address[1]}"
        rule = {"rules": [{"set": {"message": "up {uptime}\nfor long", "severity": "minor"}}]}
        forms = (("structured_data: false", r"up 1\\x0afor long\Z"),
                 ("structured_data: false\nformat: template\n"
                  "template: '{source} says {message}'", r"127\.0\.0\.1 says up 1\\nfor"),
                 ("structured_data: false\nformat: json", r'\{"schema":1,.*\}\Z'),
                 ("structured_data: false\nformat: kv\nhostname: relay\napp_name: x", "schema=1"))
        for i, (conf, text) in enumerate(forms):
            output = self.start(address, conf, more=rule)
            output.send(trap(1))
            wait(lambda i=i: len(receiver.messages) > i or receiver.bad, "the message")
            output.finish()
            self.assertRegex(receiver.messages[i].text, text)
            self.assertEqual(receiver.messages[i].data, {})
            self.assertEqual(receiver.messages[i].severity, 3)
        self.assertEqual((receiver.messages[-1].host, receiver.messages[-1].app),
                         ("relay", "x"))

    def test_a_long_message_is_cut_to_what_a_receiver_takes(self):
        receiver = self.receiver(Datagrams, socket.AF_INET, ("127.0.0.1", 0))
        output = self.start(f"udp:127.0.0.1:{receiver.address[1]}")
        many = [ber.varbind(f"1.3.6.1.2.1.2.2.1.2.{i}", ber.octets(b"\xc3\xbc" * 100))
                for i in range(1, 60)]
        output.send(messages.v2c(*many, uptime=1))
        self.arrives(receiver, 1)
        message = receiver.messages[0]
        self.assertLessEqual(message.size, 8192)
        self.assertGreater(message.size, 7000)
        self.assertIn("x9", message.data["snmp"])
        self.assertNotIn("a9", message.data["snmp"])


    def test_a_message_by_tcp_is_cut_to_65536_bytes(self):
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0))
        output = self.start(f"tcp:127.0.0.1:{receiver.address[1]}")
        output.send(messages.v2c(*[ber.varbind(f"{IF_DESCR}.{i}", ber.octets(b"x" * 10))
                                   for i in range(2000)]))
        wait(lambda: receiver.messages or receiver.bad, "the message")
        self.assertEqual(output.finish()["delivered"], 1)
        self.assertIn(receiver.messages[0].size, range(65000, 65536 + 1))


class Failures(SyslogCase):
    def comes_back(self, receiver, output, *why):
        """It is away for a while: nothing that came meanwhile is lost."""
        output.send(*map(trap, range(1, 101)))
        self.arrives(receiver, 100)
        receiver.stop()
        output.send(*map(trap, range(101, 201)))
        said = output.wait(lambda c: c["retries"] > 1)["problem"]
        self.assertTrue(any(word in said for word in why), said)
        receiver.listen(receiver.address)
        self.arrives(receiver, 200)
        self.assertEqual(receiver.numbers(), list(range(1, 201)))
        self.assertEqual(output.finish()["delivered"], 200)

    def test_a_server_that_goes_and_comes_back_misses_nothing(self):
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0))
        self.comes_back(receiver, self.start(f"tcp:127.0.0.1:{receiver.address[1]}"),
                        "Connection refused")

    def test_one_with_tls_as_well(self):
        certificates = Certificates()
        self.addCleanup(certificates.folder.cleanup)
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0),
                                 tls=certificates.server())
        self.comes_back(receiver, self.start(
            f"tls:127.0.0.1:{receiver.address[1]}",
            f"tls: {{ca: {certificates.path('ca.pem')}, server_name: traps.example.net}}"),
            "Connection refused")

    def test_a_unix_socket_that_is_made_anew_misses_nothing(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "log")
        first = self.receiver(Datagrams, socket.AF_UNIX, path)
        output = self.start(f"unix:{path}")
        output.send(*map(trap, range(1, 51)))
        self.arrives(first, 50)
        first.close()
        os.unlink(path)
        output.send(*map(trap, range(51, 101)))
        said = output.wait(lambda c: c["retries"] > 1)["problem"]
        self.assertIn("No such file", said)
        second = self.receiver(Datagrams, socket.AF_UNIX, path)
        self.arrives(second, 50)
        self.assertEqual(second.numbers(), list(range(51, 101)))
        self.assertEqual(output.finish()["delivered"], 100)

    def test_what_a_reset_swallowed_is_sent_again(self):
        receiver = self.receiver(Stream, socket.AF_INET, ("127.0.0.1", 0), limit=100_000)
        output = self.start(f"tcp:127.0.0.1:{receiver.address[1]}")
        output.send(*map(trap, range(1, 2001)))
        wait(lambda: set(receiver.numbers()) >= set(range(1900, 2001)), "the last")
        missed = set(range(1, 2001)) - set(receiver.numbers())
        # What the peer's host had acknowledged and its program never read is lost.
        self.assertLess(len(missed), 1000)
        self.assertEqual(receiver.connections, 2)
        self.assertEqual(output.finish()["delivered"], 2000)

    def test_a_server_that_takes_nothing_does_not_stop_the_end(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.addCleanup(listener.close)
        output = self.start(f"tcp:127.0.0.1:{listener.getsockname()[1]}")
        big = ber.varbind(IF_DESCR, ber.octets(b"x" * 3000))
        for i in range(4):
            output.send(*[messages.v2c(big, uptime=n) for n in range(500)])
            output.daemon.wait_counters(lambda c, i=i: c["received"] == (i + 1) * 500)
        start = time.monotonic()
        counters = output.end()
        self.assertLess(time.monotonic() - start, PATIENCE_S / 2)
        self.assertGreater(counters["given_up"], 0)

    def test_says_that_nobody_takes_datagrams(self):
        address = self.reserved()
        output = self.run_output(f"type: syslog\naddress: 'udp:127.0.0.1:{address[1]}'\n"
                                 "retry: {first: 1h, most: 1h}")
        counters, sent = output.counters(), 0
        while counters["retries"] == 0:  # that nobody took one shows with a later one
            sent += 1
            output.send(trap(sent))
            counters = output.wait(lambda c: c["delivered"] == sent or c["retries"] > 0)
        self.assertIn("Connection refused", counters["problem"])
        self.assertGreater(sent, 1)
        receiver = self.receiver(Datagrams, socket.AF_INET, address, True)
        output.end()  # the next try is at once
        self.arrives(receiver, 1)
        self.assertEqual(receiver.numbers(), [sent])

    def reserved(self):
        """An address that nobody else gets, and where nobody listens: what is bound there
        takes datagrams of one peer only."""
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.bind(("127.0.0.1", 0))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.connect(("127.0.0.1", 1))
        return s.getsockname()

    def test_says_that_there_is_no_such_host(self):
        output = self.start("tcp:no-such-host.invalid:514")
        output.send(trap(1))
        self.assertIn("no-such-host.invalid:514: ",
                      output.wait(lambda c: c["retries"] > 0)["problem"])
        self.assertEqual(output.end()["given_up"], 1)


RSYSLOG = """module(load="imudp") module(load="imtcp") module(load="imuxsock" SysSock.Use="off")
input(type="imudp" address="127.0.0.1" port="{port}")
input(type="imtcp" address="127.0.0.1" port="{port}")
input(type="imuxsock" Socket="{folder}/log" UseSysTimeStamp="off" UsePIDFromSystem="off"
  UseSpecialParser="off" ParseHostname="on" FlowControl="on" RateLimit.Interval="0")
template(name="t" type="list") {{ property(name="jsonmesg") constant(value="\n") }}
action(type="omfile" file="{folder}/out" template="t")
"""


@unittest.skipUnless(shutil.which("rsyslogd") or os.path.exists("/usr/sbin/rsyslogd"),
                     "rsyslogd is not installed")
class Rsyslog(SyslogCase):
    """What rsyslogd, which others have written, reads in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, socket.socket() as t:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
            t.bind(("127.0.0.1", self.port))
        conf = self.folder / "rsyslog.conf"
        conf.write_text(RSYSLOG.format(port=self.port, folder=self.folder))
        program = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
        self.process = subprocess.Popen(
            [program, "-n", "-f", str(conf), "-i", str(self.folder / "pid")],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.process.communicate)
        self.addCleanup(self.process.kill)
        wait(lambda: self.is_ready() or self.process.poll() is not None, "rsyslogd")
        if self.process.poll() is not None:
            self.skipTest(f"rsyslogd ends: {self.process.stderr.read()[:200]}")

    def is_ready(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0 and (
                self.folder / "log").exists()

    def read(self):
        out = self.folder / "out"
        lines = out.read_text().splitlines() if out.exists() else []
        return [x for x in map(json.loads, lines) if x["programname"] == "trapline"]

    def test_reads_every_transport(self):
        seen = 0
        for address in (f"udp:127.0.0.1:{self.port}", f"tcp:127.0.0.1:{self.port}",
                        f"unix:{self.folder}/log"):
            output = self.start(address, "facility: local3")
            link = ber.varbind(IF_DESCR, ber.octets('a "]\\ \u00fc'.encode()))
            output.send(*[messages.v2c(link, uptime=i, trap_oid=messages.LINK_DOWN)
                          for i in range(1, 31)])
            wait(lambda n=seen + 30: len(self.read()) >= n, f"all by {address}")
            output.finish()
            got = self.read()[seen:]
            seen += 30
            with self.subTest(address):
                self.assertEqual(len(got), 30)
                for i, message in enumerate(got, 1):
                    self.assertEqual(
                        (message["syslogfacility"], message["syslogseverity"],
                         message["procid"], message["msgid"], message["hostname"]),
                        ("19", "2", str(output.daemon.process.pid), "linkDown",
                         "127.0.0.1"))
                    self.assertIn("IF-MIB::linkDown ifDescr.3=a", message["msg"])
                    self.assertIn(f' t1="{i}"', message["structured-data"])
                    self.assertIn(r'a \"\]\\ ' + "\u00fc", message["structured-data"])


if __name__ == "__main__":
    unittest.main()

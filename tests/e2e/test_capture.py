"""The file of --write, read by tshark; what the kernel loses; the way to the end."""

import json
import pathlib
import signal
import tempfile
import unittest

import ber
import messages
from harness import HOSTS, PROGRAM, Case, needs_command, run


class Capture(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "traps.pcapng"

    def tshark(self, *fields):
        """A row of |fields| for each packet."""
        argv = ["tshark", "-n", "-r", str(self.path), "-T", "json"]
        argv += [x for f in fields for x in ("-e", f)]
        result = run(argv)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn(b"cut short", result.stderr)
        return [[packet["_source"]["layers"].get(f, [None])[0] for f in fields]
                for packet in json.loads(result.stdout or b"[]")]

    @needs_command("tshark")
    def test_holds_every_datagram_with_its_addresses(self):
        listener = self.listen("-w", str(self.path))
        sent = [messages.v1(), messages.v2c(), messages.v2c(tag=messages.INFORM),
                messages.Sender("nobody", b"\x80\0\0\0\1").message(), b"nonsense", b""]
        sources = ("127.0.0.5", *HOSTS[1:])
        for source in sources:
            listener.send(*sent, source=source)
        listener.wait_events(len(sources) * len(sent))
        listener.stop()
        rows = self.tshark("ip.src", "ipv6.src", "udp.srcport", "udp.dstport", "udp.length",
                           "udp.checksum.status", "ip.checksum.status", "frame.time_epoch")
        self.assertEqual(len(rows), len(sources) * len(sent))
        for source in sources:  # each has a socket of its own: they may mingle
            its = [row for row in rows if source in row[:2]]
            self.assertEqual([int(row[4]) for row in its], [8 + len(x) for x in sent])
            for row in its:
                self.assertEqual(int(row[2]), listener.client(source).port)
                self.assertEqual(int(row[3]), listener.address(source)[1])
        times = [e["time"] for e in listener.events]
        self.assertEqual(len(times), len(rows))
        self.assertEqual([row[7].split(".")[1] for row in rows],
                         [t[20:29] for t in times], "not to the nanosecond")

    @needs_command("tshark")
    def test_tells_in_a_comment_why_one_was_refused(self):
        listener = self.listen("-w", str(self.path))
        refused = self.refuses(listener, messages.v2c()[:-3])
        listener.stop()
        (cut,), (marker,) = self.tshark("frame.comment")
        self.assertIn(refused["reason"], cut)
        self.assertIsNone(marker)

    @needs_command("tshark")
    def test_is_read_while_it_is_written(self):
        listener = self.listen("-w", str(self.path))
        listener.ask(messages.v2c(), messages.v2c())
        self.assertEqual(len(self.tshark("frame.number")), 3)

    @needs_command("tshark")
    def test_holds_datagrams_of_every_size(self):
        listener = self.listen("-w", str(self.path))
        sizes = (0, 1, 2, 3, 4, 5, 1472, 1473, 9000, 65000, 65507)
        listener.ask(*[b"x" * n for n in sizes])
        listener.stop()
        rows = self.tshark("udp.length", "frame.cap_len", "frame.len")
        self.assertEqual([int(r[0]) for r in rows[:-1]], [n + 8 for n in sizes])
        self.assertTrue(all(r[1] == r[2] for r in rows))

    def test_that_cannot_be_made_is_told(self):
        self.path.mkdir()
        with tempfile.TemporaryDirectory() as state:
            result = run([PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0",
                          "-w", str(self.path)])
        self.assertEqual(result.returncode, 1)
        self.assertIn(str(self.path).encode(), result.stderr)


class Losses(Case):
    LARGE = b"x" * 60000

    def overflow(self, listener):
        """Sends more than its receive buffer holds, while it stands still."""
        line = listener.wait(lambda: next(
            (x for x in listener.errors if x.startswith("receive buffer ")), None))
        count = 2 * int(line.split()[2]) * 1024 // len(self.LARGE)
        listener.send_signal(signal.SIGSTOP)
        listener.send(*[self.LARGE] * count)
        return count

    def test_of_the_kernel_are_counted_and_become_events(self):
        listener = self.listen()
        sent = self.overflow(listener)
        listener.send_signal(signal.SIGCONT)
        # what was dropped is told with the next datagram that is not
        listener.wait_event(lambda e: e["kind"] == "refused")
        listener.ask(messages.v2c())
        lost = [e for e in listener.events if e["kind"] == "lost"]
        self.assertGreater(len(lost), 0)
        self.assertEqual(lost[0]["local"], {"address": "127.0.0.1",
                                            "port": listener.ports[0][1]})
        counters = listener.stop().counters
        self.assertGreater(counters["lost"], 0)
        self.assertEqual(counters["received"] + counters["lost"], sent + 2)

    def test_are_told_at_the_end_even_when_nothing_follows(self):
        listener = self.listen()
        sent = self.overflow(listener)
        listener.send_signal(signal.SIGTERM)
        listener.send_signal(signal.SIGCONT)
        counters = listener.finish().counters
        self.assertGreater(counters["lost"], 0)
        self.assertEqual(counters["received"] + counters["lost"], sent)


class Memory(Case):
    def test_a_large_event_is_whole(self):
        listener = self.listen()
        count = 2000
        many = [ber.varbind(f"1.3.6.1.4.1.99999.{i}", ber.integer(i)) for i in range(count)]
        event = self.shown(listener, messages.v2c(*many))
        self.assertEqual([v["value"] for v in event["varbinds"]], list(range(count)))


if __name__ == "__main__":
    unittest.main()

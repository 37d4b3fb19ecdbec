"""How events leave `trapline listen`: formats, terminals, pipes that close, promptness."""

import json
import os
import re
import select
import signal
import unittest

import ber
import messages
from harness import PATIENCE_S, Case, now, terminal

PROMPT_S = 1.0
ESC = b"\x1b"
LINK = (ber.varbind("1.3.6.1.2.1.2.2.1.1.3", ber.integer(3)),
        ber.varbind("1.3.6.1.2.1.2.2.1.7.3", ber.integer(1)),
        ber.varbind("1.3.6.1.2.1.2.2.1.8.3", ber.integer(2)))


def read_until(fd, pattern):
    """What can be read of |fd| until its end matches |pattern|, or until it ends."""
    out = b""
    while not re.search(pattern, out[-2000:]):
        if not select.select([fd], [], [], PATIENCE_S)[0]:
            raise AssertionError(f"waited {PATIENCE_S} s in vain after {out[-2000:]}")
        try:
            piece = os.read(fd, 65536)
        except OSError:  # a terminal whose other side is gone
            piece = b""
        if not piece:
            break
        out += piece
    return out


class Formats(Case):
    def one(self, form, **how):
        """The lines of one linkDown."""
        listener = self.listen(form=form, **how)
        listener.send(messages.v2c(*LINK, trap_oid=messages.LINK_DOWN))
        listener.wait(lambda: listener.lines)
        listener.stop()
        return b"".join(listener.lines).decode().splitlines()

    def test_json_is_one_object_a_line(self):
        lines = self.one("json")
        self.assertEqual(len(lines), 1)
        event = json.loads(lines[0])
        self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
        self.assertEqual([v.get("text") for v in event["varbinds"]], [None, "up", "down"])
        self.assertEqual([v["name"] for v in event["varbinds"]],
                         ["IF-MIB::ifIndex.3", "IF-MIB::ifAdminStatus.3",
                          "IF-MIB::ifOperStatus.3"])
        self.assertEqual(event["varbinds"][1]["index"], {"ifIndex": 3})
        self.assertRegex(event["time"],
                         r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")

    def test_kv_is_one_line_of_pairs(self):
        lines = self.one("kv")
        self.assertEqual(len(lines), 1)
        self.assertIn(" trap_name=IF-MIB::linkDown ", lines[0])
        self.assertIn(" varbind.3.value=2 ", lines[0] + " ")

    def test_text_is_a_head_line_and_a_line_for_each_varbind(self):
        lines = self.one("text")
        self.assertEqual(len(lines), 4)
        self.assertIn("IF-MIB::linkDown", lines[0])
        self.assertIn("127.0.0.1", lines[0])
        for line, name, value in zip(lines[1:], ("ifIndex.3", "ifAdminStatus.3",
                                                 "ifOperStatus.3"), ("3", "up", "down")):
            self.assertRegex(line, rf"^ +IF-MIB::{name} +.*\b{value}\b")
        self.assertEqual(len({line.index("=") for line in lines[1:]}), 1, "not aligned")

    def test_text_has_the_local_time(self):
        for zone, offset in (("IST-5:30", "+05:30"), ("NST3:30", "-03:30"), ("UTC0", "+00:00")):
            lines = self.one("text", env={"TZ": zone})
            self.assertRegex(lines[0], rf"^\d{{4}}-\d\d-\d\d [\d:.]{{12}}{re.escape(offset)}")

    def test_refusals_have_all_formats(self):
        for form in ("json", "text", "kv"):
            listener = self.listen(form=form)
            listener.send(b"<13>syslog")
            listener.wait(lambda: any(b"syslog" in line for line in listener.lines))

    def test_a_pipe_gets_json_by_default_and_never_colour(self):
        for form in (None, "text"):
            listener = self.listen(form=form)
            listener.send(b"nonsense", messages.v2c(*LINK, trap_oid=messages.LINK_DOWN))
            listener.stop()
            out = b"".join(listener.lines)
            self.assertNotIn(ESC, out)
            self.assertEqual(out.startswith(b"{"), form is None)


class Terminal(Case):
    def show(self, *args, form=None, env=None):
        """What a terminal gets of a refusal and a linkDown."""
        ours, theirs = terminal()
        self.addCleanup(os.close, ours)
        listener = self.listen(*args, form=form, stdout=theirs,
                               env={"TERM": "xterm", "NO_COLOR": ""} | (env or {}))
        os.close(theirs)
        listener.send(b"nonsense", messages.v2c(*LINK, trap_oid=messages.LINK_DOWN))
        out = read_until(ours, rb"ifOperStatus.3[^\n]*\n")
        listener.stop()
        return out

    def test_gets_text_with_colour(self):
        out = self.show(env={"NO_COLOR": ""})
        self.assertIn(ESC, out)
        self.assertIn(b"IF-MIB::linkDown", out)
        self.assertNotIn(b'{"schema"', out)

    def test_gets_no_colour_where_it_is_not_wanted(self):
        self.assertNotIn(ESC, self.show(env={"NO_COLOR": "1"}))
        self.assertNotIn(ESC, self.show(env={"TERM": "dumb"}))

    def test_gets_json_without_colour_when_asked_for(self):
        self.assertNotIn(ESC, self.show(form="json"))


class Promptness(Case):
    def test_an_event_comes_without_more_traffic(self):
        for form in ("json", "text", "kv"):
            listener = self.listen(form=form)
            for i in range(3):
                start = now()
                listener.send(messages.v2c(community=b"number-%d" % i))
                listener.wait(lambda i=i: any(b"number-%d" % i in x for x in listener.lines))
                self.assertLess(now() - start, PROMPT_S)

    def test_the_last_of_any_number_of_events_comes_without_more_traffic(self):
        """Also when they fill what is received at once to the brim."""
        listener = self.listen()
        for count in (1, 31, 32, 33, 63, 64, 65, 127, 128, 256, 1024):
            before = len(listener.events)
            listener.send_signal(signal.SIGSTOP)
            listener.send(*[messages.v2c(request_id=i) for i in range(count)])
            listener.send_signal(signal.SIGCONT)
            start = now()
            listener.wait_events(before + count)
            self.assertLess(now() - start, PROMPT_S, count)

    def test_a_refusal_and_a_terminal_are_prompt_too(self):
        ours, theirs = terminal()
        self.addCleanup(os.close, ours)
        listener = self.listen(form=None, stdout=theirs)
        os.close(theirs)
        start = now()
        listener.send(b"<13>syslog")
        self.assertIn(b"514", read_until(ours, rb"514.*\n"))
        self.assertLess(now() - start, PROMPT_S)


class ClosedPipe(Case):
    def closed(self, *args, **how):
        ours, theirs = os.pipe()
        listener = self.listen(*args, check=False, stdout=theirs, **how)
        os.close(theirs)
        os.close(ours)
        return listener

    def test_ends_it_without_a_word(self):
        listener = self.closed()
        listener.send(messages.v2c())
        start = now()
        result = listener.finish()
        self.assertLess(now() - start, 5)
        self.assertIn(result.status, (0, 1))
        self.assertEqual(result.counters["received"], 1)

    def test_leaves_an_inform_unacknowledged(self):
        listener = self.closed()
        client = listener.client()
        listener.send(messages.v2c(tag=messages.INFORM))
        listener.finish()
        client.socket.setblocking(False)
        with self.assertRaises((BlockingIOError, ConnectionRefusedError)):
            client.receive()

    def test_of_somebody_who_reads_slowly_loses_nothing(self):
        count = 2000
        ours, theirs = os.pipe()
        listener = self.listen(stdout=theirs)
        os.close(theirs)
        text = ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * 400))
        listener.send(*[messages.v2c(text, request_id=i) for i in range(count)])
        os.set_blocking(ours, True)
        out = read_until(ours, rb'"request_id":%d,[^\n]*\n' % (count - 1))
        os.close(ours)
        got = [json.loads(line)["request_id"] for line in out.splitlines()]
        self.assertEqual(got, list(range(count)))


class FullDisk(Case):
    def test_is_told_and_ends_with_1(self):
        with open("/dev/full", "wb") as full:
            listener = self.listen(check=False, stdout=full)
        listener.send(messages.v2c())
        result = listener.finish()
        self.assertEqual(result.status, 1)
        self.assertIn("stdout", result.stderr)


if __name__ == "__main__":
    unittest.main()

"""Whatever a peer puts into its strings, the output stays what it is: one event a line, no
terminal escapes, nothing cut, nothing forged (CVE-2006-0250, CVE-2008-2292, CWE-117 and
the trap that ran code in a web page)."""

import re
import unittest

import ber
import messages
from harness import CONTROL, Case

ENGINE = bytes.fromhex("80001f8804") + b"device"
HOSTILE = [
    b"%n%s%x%p%99999999s", b"<script>alert(1)</script>", b"' OR 1=1; --", b"$(reboot) `id` ;|&",
    b"\x1b[2J\x1b]0;owned\x07", b"\x9b31m", "\x9b31m".encode(), "\x85\u2028\u2029".encode(),
    b'"}\n{"schema":1,"kind":"trap"}\n', b"line\r\nline\n", b"a\tb", b"back\\slash\\n\\u001b",
    b"nul\0nul", b"\x7f\x08\x08\x08", "\u202edesrever\u202c".encode(), "ünïcödé 🚨".encode(),
    b"\xff\xfe\xfd", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"cut \xc3",
    b" kind=trap trap_oid=1.3 ", b'" kind=trap "', b"=", b'"', b"'", b" ", b"\\"]
# a key, and a bare word or a quoted string
PAIR = r'([a-z0-9_.A-Z]+)=(?:"(?:[^"\\]|\\["\\/bfnrtu])*"|[^\s"=\\]*)'
# one with each kind of place that text can stand in: names, hints, indexes
NAMES = ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.2.1.2.1", "1.3.6.1.2.1.2.2.1.6.1",
         "1.3.6.1.2.1.31.1.1.1.18.1", "1.3.6.1.4.1.99999.1", "1.3.6.1.2.1.25.1.2.0",
         "1.3.6.1.6.3.18.1.4.0"]


def messages_with(text):
    varbinds = [ber.varbind(name, make(text)) for name in NAMES
                for make in (ber.octets, ber.opaque)]
    arcs = ".".join(str(byte) for byte in text[:60])
    varbinds.append(ber.varbind(f"1.3.6.1.6.3.12.1.2.1.3.{len(text[:60])}.{arcs}" if arcs
                                else "1.3.6.1.6.3.12.1.2.1.3.0", ber.octets(text)))
    guest = messages.Sender("guest", ENGINE)
    stranger = messages.Sender("", ENGINE)
    stranger.user = text.decode("latin-1")[:15]
    yield messages.v1(*varbinds, community=text)
    yield messages.v2c(*varbinds, community=text)
    yield guest.message(*varbinds, context=text)
    yield stranger.message(*varbinds)
    yield messages.v2c(community=text)[:-1]


class Strings(Case):
    def test_in_json_are_what_was_sent(self):
        listener = self.listen("-u", "guest")
        for text in HOSTILE:
            for event in listener.ask(*messages_with(text)).events:
                if event["kind"] == "refused":
                    continue
                for varbind in event["varbinds"]:
                    if varbind["type"] != "OCTET STRING":
                        continue
                    with self.subTest(text=text, oid=varbind["oid"]):
                        self.assertEqual(original(varbind), text)
                community = event.get("community")
                if community is not None and "community_encoding" not in event:
                    self.assertEqual(community.encode(), text)

    def lines(self, form, *args):
        listener = self.listen("-u", "guest", *args, form=form)
        sent = [m for text in HOSTILE for m in messages_with(text)]
        listener.send(*sent)
        counters = listener.stop().counters
        self.assertEqual(counters["received"], len(sent))
        out = b"".join(listener.lines).decode()  # it is UTF-8
        self.assertIsNone(CONTROL.search(out.replace("\n", "")), form)
        for odd in "\u2028\u2029\u202e":  # these end lines, or turn them around
            self.assertNotIn(odd, out)
        return out.splitlines(), len(sent)

    def test_in_key_value_lines_forge_no_pair(self):
        lines, sent = self.lines("kv")
        self.assertEqual(len(lines), sent)
        for line in lines:
            self.assertTrue(line.startswith("schema=1 id="), line)
            self.assertRegex(line, rf"^{PAIR}( {PAIR})*$")
            keys = [pair[1] for pair in re.finditer(PAIR, line)]
            self.assertEqual(len(keys), len(set(keys)), line)

    def test_in_text_forge_no_event(self):
        lines, sent = self.lines("text")
        heads = [line for line in lines if not line.startswith("  ")]
        self.assertEqual(len(heads), sent)
        for head in heads:
            self.assertRegex(head, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
        varbinds = 2 * len(NAMES) + 1
        body = [line for line in lines if line.startswith("  ")]
        shown = [h for h in heads if "REFUSED" not in h]
        self.assertEqual(len(body), len(shown) * varbinds + len(heads) - len(shown))

    def test_on_stderr_name_nothing_of_the_peer_and_no_escapes(self):
        listener = self.listen("-u", "guest", refused=False)
        for text in HOSTILE:
            listener.ask(*messages_with(text))
        result = listener.stop()
        self.assertIsNone(CONTROL.search(result.stderr.replace("\n", "")))
        for line in result.stderr.splitlines():
            self.assertRegex(line, r'^(listening udp|receive buffer|mibs: |refused |\{"received")')


def original(varbind):
    if varbind.get("encoding") == "hex":
        return bytes.fromhex(varbind["value"])
    return varbind["value"].encode()


class LargeStrings(Case):
    """CVE-2008-2292."""

    def test_pass_whole_through_every_format(self):
        size = 65000
        for form in ("json", "text", "kv"):
            listener = self.listen(form=form)
            for content in (b"x" * size, bytes(size), b'"' * size, b"\x1b" * size,
                            "ü".encode() * (size // 2), b"\\" * size):
                for name in ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.2.1.6.1", "1.3.6.1.4.1.9"):
                    listener.send(messages.v2c(ber.varbind(name, ber.octets(content))))
                    listener.send(messages.v2c(ber.varbind(name, ber.opaque(content))))
            self.assertEqual(listener.stop().counters["delivered"], 36)
            if form == "json":
                for event in listener.events:
                    varbind = event["varbinds"][0]
                    self.assertIn(len(original(varbind)), (size, ))
            longest = max(map(len, listener.lines))
            self.assertGreaterEqual(longest, size)

    def test_made_of_many_small_ones(self):
        listener = self.listen()
        many = [ber.varbind("1.3.6.1.2.1.2.2.1.2.1", ber.octets(b"\x1b" * 12))] * 2040
        event = self.shown(listener, messages.v2c(*many))
        self.assertEqual(len(event["varbinds"]), 2040)
        self.assertEqual({original(v) for v in event["varbinds"]}, {b"\x1b" * 12})

    def test_of_names_of_128_arcs_and_64_kib(self):
        listener = self.listen()
        name = b"\x2b" + b"\x8f\xff\xff\xff\x7f" * 126
        many = [ber.varbind(name, ber.tlv(0x06, name))] * 50
        event = self.shown(listener, messages.v2c(*many))
        text = "1.3" + ".4294967295" * 126
        self.assertEqual({(v["oid"], v["value"]) for v in event["varbinds"]}, {(text, text)})


class Escapes(Case):
    def test_never_reach_a_terminal_by_a_refusal(self):
        listener = self.listen(form="text")
        for text in HOSTILE:
            listener.send(messages.v2c(community=text)[:-1],
                          messages.Sender("x", ENGINE).message(context=text))
        listener.stop()
        out = b"".join(listener.lines).decode()
        self.assertFalse(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", out))


if __name__ == "__main__":
    unittest.main()

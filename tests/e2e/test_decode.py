"""`trapline decode`: what it reads, what it tells, and tshark as a judge of its own."""

import json
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import ber
import messages
import netsnmp
from harness import CONTROL, PROGRAM, SANITIZER, Client, needs_command, needs_shared, run

ETHERNET, RAW_IP = 1, 101
PIECE = re.compile(r"^ *(?P<offset>\d+) +(?P<header>\d+)\+(?P<content>\d+) +"
                   r"(?P<tag>[0-9a-f]{2}|  )  *(?P<name>[\w-]+) *(?P<rest>.*)$")
TYPES = ("OCTET STRING", "OBJECT IDENTIFIER")
LINK_DOWN = messages.v2c(
    ber.varbind("1.3.6.1.2.1.2.2.1.1.3", ber.integer(3)),
    ber.varbind("1.3.6.1.2.1.2.2.1.7.3", ber.integer(2)),
    ber.varbind("1.3.6.1.2.1.31.1.1.1.6.3", ber.counter64(2**40)),
    ber.varbind("1.3.6.1.2.1.2.2.1.2.3", ber.octets(b"eth \xff")),
    ber.varbind("1.3.6.1.4.1.99999.1", ber.ip_address("192.0.2.1")),
    ber.varbind("1.3.6.1.4.1.99999.2", ber.null()), trap_oid=messages.LINK_DOWN)


def udp(data, source, target):
    return struct.pack(">HHHH", source, target, 8 + len(data), 0) + data


def ipv4(payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, 17, 0,
                       bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])) + payload


def ipv6(payload):
    return struct.pack(">IHBB16s16s", 6 << 28, len(payload), 17, 64,
                       bytes.fromhex("20010db8" + "00" * 11 + "01"),
                       bytes.fromhex("20010db8" + "00" * 11 + "02")) + payload


def ethernet(data, source=50000, target=162, ip=ipv4, kind=0x0800):
    return bytes(12) + struct.pack(">H", kind) + ip(udp(data, source, target))


def pcap(*frames, order="<", link=ETHERNET, apart_s=1):
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for i, frame in enumerate(frames):
        out += struct.pack(order + "IIII", 1700000000 + i * apart_s, 250000, len(frame),
                           len(frame))
        out += frame
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(*frames, link=ETHERNET):
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, 0))
    for i, frame in enumerate(frames):
        time_us = (1700000000 + i) * 1000000
        out += block(6, struct.pack("<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF,
                                    len(frame), len(frame)) + frame)
    return out


def pieces(tree):
    """The rows of the one tree in the output: name, offset and size of the contents, and
    what is told of them."""
    out = []
    for line in tree.splitlines():
        if found := PIECE.match(line):
            kind = next((t for t in TYPES if found["rest"].startswith(t)), None)
            kind = kind or found["rest"].partition(" ")[0]
            out.append((found["name"], int(found["offset"]) + int(found["header"]),
                        int(found["content"]), found["rest"][len(kind):].strip()))
    return out


class Decode(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def decode(self, *args, status=0, stdin=b""):
        """The output of `trapline decode`; its stderr is kept in self.stderr."""
        result = subprocess.run([PROGRAM, "decode", *map(str, args)], input=stdin,
                                capture_output=True, timeout=60, check=False)
        self.stderr = result.stderr.decode()
        self.assertIsNone(SANITIZER.search(self.stderr), self.stderr)
        self.assertEqual(result.returncode, status, self.stderr)
        out = result.stdout.decode()
        for line in out.splitlines():
            self.assertIsNone(CONTROL.search(line), line)
        return out

    def events(self, *args, **how):
        return [json.loads(x) for x in self.decode("-f", "json", *args, **how).splitlines()]

    def file(self, content, name="capture"):
        path = self.folder / name
        path.write_bytes(content)
        return path


class Inputs(Decode):
    """The same datagram by every way in."""

    def is_link_down(self, *args, count=1, **how):
        events = self.events(*args, **how)
        self.assertEqual([e["trap_oid"] for e in events], [messages.LINK_DOWN] * count)
        self.assertTrue(all(len(e["varbinds"]) == 6 for e in events))
        return events

    def test_hexadecimal_arguments(self):
        text = LINK_DOWN.hex()
        self.is_link_down(text)
        self.is_link_down("0x" + text.upper())
        self.is_link_down(LINK_DOWN.hex(" "))
        self.is_link_down(LINK_DOWN.hex(":"))
        self.is_link_down(*LINK_DOWN.hex(" ").split(" "))

    def test_several_messages_in_hexadecimal_arguments(self):
        self.is_link_down(LINK_DOWN.hex(), LINK_DOWN.hex(" "), count=2)

    def test_raw_bytes_of_standard_input_and_file(self):
        self.is_link_down(stdin=LINK_DOWN)
        self.is_link_down("-", stdin=LINK_DOWN)
        self.is_link_down(self.file(LINK_DOWN))

    def test_hexadecimal_text_over_lines(self):
        text = LINK_DOWN.hex(" ")
        wrapped = "\n".join(text[i:i + 48] for i in range(0, len(text), 48))
        self.is_link_down(stdin=wrapped.encode())
        self.is_link_down(stdin=f"# two\n{wrapped}\n\n{wrapped}\n".encode(), count=2)
        self.is_link_down(stdin=f"{LINK_DOWN.hex()}\n{LINK_DOWN.hex()}\n".encode(), count=2)
        self.is_link_down(self.file(wrapped.encode()))

    def test_rows_with_offsets_as_tools_print_them(self):
        def rows(head, tail):
            out = ""
            for at in range(0, len(LINK_DOWN), 16):
                part = LINK_DOWN[at:at + 16]
                shown = "".join(chr(c) if 32 < c < 127 else "." for c in part)
                out += head(at) + tail(part, shown) + "\n"
            return out

        styles = {
            "xxd": rows(lambda at: f"{at:08x}: ",
                        lambda p, s: f"{p.hex(' ', -2):39}  {s}"),
            "hexdump": rows(lambda at: f"{at:08x}  ", lambda p, s: f"{p[:8].hex(' ')}  "
                            f"{p[8:].hex(' '):24} |{s}|"),
            "od": rows(lambda at: f"{at:06x} ", lambda p, s: p.hex(" ")),
            "tcpdump": "12:00:00.000 IP 192.0.2.1.50000 > 192.0.2.2.162: UDP\n" + rows(
                lambda at: f"\t0x{at:04x}:  ", lambda p, s: p.hex(" ", -2)),
            "Wireshark": rows(lambda at: f"{at:04x}   ",
                              lambda p, s: f"{p.hex(' '):47}   {s}"),
        }
        for style, text in styles.items():
            with self.subTest(style):
                self.is_link_down(stdin=text.encode())
                self.is_link_down(stdin=(text + text).encode(), count=2)

    def test_characters_behind_a_row_are_none_of_its_bytes(self):
        message = messages.v2c(community=b"ab" * 40)
        for gap in ("  ", "   "):
            text = "".join(f"{at:08x}: {part.hex(' ', -2)}{gap}"
                           f"{''.join(chr(c) if 32 < c < 127 else '.' for c in part)}\n"
                           for at in range(0, len(message), 16)
                           for part in [message[at:at + 16]])
            event, = self.events(stdin=text.encode())
            self.assertEqual(event["community"], "ab" * 40)

    def test_frames_of_tcpdump_and_wireshark(self):
        for frame in (ethernet(LINK_DOWN), ipv4(udp(LINK_DOWN, 50000, 162)),
                      ethernet(LINK_DOWN, ip=ipv6, kind=0x86DD)):
            event, = self.is_link_down(frame.hex())
            self.assertEqual(event["source"]["port"], 50000)
        self.assertIn("192.0.2.1:50000 -> 192.0.2.2:162",
                      self.decode(ethernet(LINK_DOWN).hex()).splitlines()[0])

    def test_junk_is_no_frame(self):
        event, = self.events("00" * 60, status=1)
        self.assertEqual((event["reason"], event["size"]), ("ber-tag", 60))

    def test_what_tools_print(self):
        for argv in (["xxd"], ["xxd", "-p"], ["hexdump", "-C"], ["od", "-Ax", "-tx1"]):
            with self.subTest(argv):
                try:
                    text = run([*argv, str(self.file(LINK_DOWN))]).stdout
                except FileNotFoundError:
                    continue
                self.is_link_down(stdin=text)

    def test_captures(self):
        frame, raw = ethernet(LINK_DOWN), ipv4(udp(LINK_DOWN, 50000, 162))
        six = ethernet(LINK_DOWN, ip=ipv6, kind=0x86DD)
        for content in (pcap(frame), pcap(frame, order=">"), pcap(six), pcapng(frame),
                        pcap(raw, link=RAW_IP), pcapng(raw, link=RAW_IP)):
            for how in ({"stdin": content}, {}):
                event, = self.is_link_down(*([] if how else [self.file(content)]), **how)
                self.assertEqual(event["source"]["port"], 50000)
                self.assertEqual(event["local"]["port"], 162)
                self.assertIn(event["source"]["address"], ("192.0.2.1", "2001:db8::1"))
                self.assertTrue(event["time"].startswith("2023-11-14T22:13:20."))

    def test_is_no_input(self):
        self.assertEqual(self.decode("no such file", status=2), "")
        self.assertIn("no such file", self.stderr)
        self.decode("3003020", status=2)
        self.decode(stdin=b"", status=2)
        self.decode(stdin=b"30 03 zz", status=2)
        self.assertIn("line 1", self.stderr)
        self.decode(stdin=b"0000  30 03 02\n0010  01 00\n", status=2)
        self.assertIn("line 2", self.stderr)
        self.decode(self.folder, status=2)

    def test_a_damaged_capture_is_told_after_what_is_good(self):
        content = pcap(ethernet(LINK_DOWN), ethernet(LINK_DOWN))[:-20]
        self.assertEqual(len(self.events(self.file(content), status=2)), 1)
        self.assertIn("at byte", self.stderr)


class Captures(Decode):
    GET = messages.community_message(1, b"public", messages.pdu(tag=0xA0, bare=True))

    def test_are_summed_up_by_reason(self):
        capture = pcap(ethernet(LINK_DOWN), ethernet(LINK_DOWN[:-3]), ethernet(self.GET),
                       ethernet(b"x", target=53))
        self.decode(self.file(capture), status=1)
        self.assertTrue(self.stderr.rstrip().endswith(
            "4 frames, 3 datagrams, 1 notifications, 2 refused "
            "(ber-truncated 1, pdu-type 1)"), self.stderr)

    def test_have_their_frame_numbers_times_and_addresses_in_the_tree(self):
        out = self.decode(self.file(pcap(ethernet(b"x", target=53), ethernet(LINK_DOWN))))
        self.assertEqual(out.splitlines()[0],
                         "frame 2  2023-11-14T22:13:21.250000000Z  192.0.2.1:50000 -> "
                         f"192.0.2.2:162  {len(LINK_DOWN)} bytes")

    def test_show_requests_in_one_line_or_with_all_in_full(self):
        path = self.file(pcap(ethernet(self.GET)))
        out = self.decode(path, status=1)
        self.assertIn("GetRequest-PDU", out)
        self.assertEqual(pieces(out), [])
        self.assertIn("request-id", [p[0] for p in pieces(self.decode("--all", path))])
        self.assertIn("1 other messages, 0 refused", self.stderr)

    def test_are_read_up_to_a_count(self):
        path = self.file(pcap(*[ethernet(LINK_DOWN)] * 5))
        self.assertEqual(len(self.events("-n", 3, path)), 3)

    def test_are_searched_for_a_port(self):
        path = self.file(pcap(ethernet(LINK_DOWN), ethernet(LINK_DOWN, target=9162)))
        event, = self.events("-p", 9162, path)
        self.assertEqual(event["local"]["port"], 9162)

    def test_hold_a_clock_that_refuses_a_replay(self):
        sender = messages.Sender("noc", b"\x80\0\0\0\1", "SHA-256", "maplesyrup", time=1000)
        late = sender.message()
        frames = ethernet(late), ethernet(late)
        args = ["-u", "noc,auth=SHA-256:maplesyrup"]
        self.assertEqual(len(self.events(*args, self.file(pcap(*frames, apart_s=140)))), 2)
        first, second = self.events(*args, self.file(pcap(*frames, apart_s=160)), status=1)
        self.assertEqual((first["kind"], second["reason"]),
                         ("trap", "usm-not-in-time-window"))


class Verdicts(Decode):
    def test_a_tree_covers_every_byte_once(self):
        rows = pieces(self.decode(LINK_DOWN.hex()))
        at = 0
        for name, contents, size, _ in rows:
            self.assertLessEqual(at, contents, name)
            if name in ("name", "value", "community", "msgVersion", "request-id",
                        "error-status", "error-index"):
                at = contents + size
        self.assertEqual(at, len(LINK_DOWN))

    def test_a_tree_names_what_the_dictionary_knows(self):
        out = self.decode(LINK_DOWN.hex())
        self.assertIn("(IF-MIB::ifAdminStatus.3)", out)
        self.assertIn(" 2 (down)", out)
        self.assertIn("accepted: v2c trap 1.3.6.1.6.3.1.1.5.3 IF-MIB::linkDown, 6 varbinds",
                      out)

    def test_a_refusal_points_at_the_byte(self):
        cut = LINK_DOWN[:20] + b"\x05" + LINK_DOWN[21:]
        event, = self.events(cut.hex(), status=1)
        lines = self.decode(cut.hex(), status=1).splitlines()
        at = next(i for i, x in enumerate(lines) if x.startswith("REFUSED "))
        self.assertIn(f"{event['reason']} at offset {event['offset']} ({event['where']})",
                      lines[at])
        row, mark = lines[at + 1], lines[at + 2]
        here = cut[event["offset"]]
        self.assertEqual(row[mark.index("^"):mark.rindex("^") + 1], f"{here:02x}")
        self.assertIn(event["hint"], lines[at + 3])

    def test_only_accepted_communities_pass(self):
        self.decode("-c", "public", LINK_DOWN.hex())
        event, = self.events("-c", "other", LINK_DOWN.hex(), status=1)
        self.assertEqual(event["reason"], "community-unknown")

    def test_without_users_it_tells_who_sends_and_how(self):
        engine = bytes.fromhex("800000090300112233aabb")
        sender = messages.Sender("noc", engine, "SHA-256", "maplesyrup")
        out = self.decode(sender.message().hex(), status=1)
        self.assertIn('user "noc" authNoPriv, engine 800000090300112233aabb '
                      "(enterprise 9 Cisco, MAC 00:11:22:33:aa:bb)", out)
        self.assertIn("24 octets: SHA-256", out)
        self.assertIn("REFUSED usm-unknown-user", out)

    def test_a_wrong_passphrase_has_a_hint(self):
        sender = messages.Sender("noc", b"\x80\0\0\0\1", "SHA-256", "maplesyrup")
        out = self.decode("-u", "noc,auth=SHA-256:maplesirup", sender.message().hex(),
                          status=1)
        self.assertIn("REFUSED usm-wrong-digest", out)
        self.assertRegex(out, r"\n  hint: .*passphrase")

    def test_strings_of_a_peer_stay_in_their_line(self):
        bad = b"a\nREFUSED \x1b[2J\x00\xe2\x80\xae"
        out = self.decode(messages.v2c(community=bad).hex())
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\u202e", out)

    def test_wrong_options_are_usage(self):
        for args in (["-f", "xml"], ["-n", "0"], ["-p", "65536"], ["--nothing"],
                     ["-u", "noc,auth=SHA:short"]):
            self.decode(*args, "3000", status=2)

    def test_help_has_an_example(self):
        self.assertIn("\nExample: ", self.decode("--help"))


class Encrypted(Decode):
    SPECS = {"v3_sha1_aes128.bin": ("ush1", "auth=SHA-1:authpass123", "priv=AES:privpass123"),
             "v3_sha256_aes256.bin": ("ush256", "auth=SHA-256:authpass123",
                                      "priv=AES-256:privpass123")}
    skip, packets = needs_shared("packets")

    @skip
    def test_the_right_user_opens_it_in_place(self):
        for name, parts in self.SPECS.items():
            out = self.decode("-u", ",".join(parts), self.packets / name)
            rows = {row[0]: row for row in pieces(out)}
            _, cipher, size, told = rows["encryptedPDU"]
            self.assertEqual(told, "ciphertext")
            self.assertGreaterEqual(rows["scopedPDU"][1], cipher)
            self.assertLessEqual(rows["scopedPDU"][1] + rows["scopedPDU"][2], cipher + size)
            self.assertIn("IF-MIB::linkDown", out)
            self.assertIn("authPriv", out.rstrip().splitlines()[-1])

    @skip
    def test_a_wrong_privacy_passphrase_has_a_hint(self):
        for name, (user, auth, priv) in self.SPECS.items():
            event, = self.events("-u", f"{user},{auth},{priv}4", self.packets / name,
                                 status=1)
            self.assertEqual(event["reason"], "usm-decryption")
            self.assertIn("privacy passphrase", event["hint"])

    @netsnmp.needs_netsnmp
    def test_a_trap_of_snmptrap(self):
        client = Client()
        self.addCleanup(client.close)
        args = netsnmp.user_args("noc", "SHA-256", "maplesyrup", "AES", "maplesyrup2")
        result = netsnmp.trap(("127.0.0.1", client.port), args)
        self.assertEqual(result.returncode, 0, result.stderr)
        out = self.decode("-u", "noc,auth=SHA-256:maplesyrup,priv=AES:maplesyrup2",
                          client.receive()[0].hex())
        self.assertIn("accepted: v3 trap", out)


def named(field):
    """Our name of a field of tshark's; None for what it adds of its own."""
    name = field.get("name").removeprefix("snmp.").replace("_", "-")
    if name.startswith("value."):
        return "value"
    renamed = {"version": "msgVersion", "non-repeaters": "non-repeaters"}
    plain = {"community", "enterprise", "agent-addr", "generic-trap", "specific-trap",
             "time-stamp", "variable-bindings", "name", "request-id", "error-status",
             "error-index", "max-repetitions", "msgID", "msgMaxSize", "msgFlags",
             "msgSecurityModel", "msgAuthoritativeEngineID", "msgVersion",
             "msgAuthoritativeEngineBoots", "msgAuthoritativeEngineTime", "msgUserName",
             "msgAuthenticationParameters", "msgPrivacyParameters", "encryptedPDU",
             "contextEngineID", "contextName"}
    return renamed.get(name, name if name in plain else None)


@needs_command("tshark")
class Tshark(Decode):
    MESSAGES = [
        LINK_DOWN, Captures.GET, messages.v1(ber.varbind(messages.SYS_DESCR,
                                                         ber.octets(b"router"))),
        messages.v2c(tag=messages.INFORM, request_id=-5, community=b""),
        messages.Sender("noc", b"\x80\0\x1f\x88\x04rtr1", "SHA-512", "maplesyrup", boots=7,
                        time=2**31 - 1).message(context=b"vlan-1"),
        messages.Sender("", b"").inform(),
        messages.community_message(1, b"public", messages.pdu(
            ber.varbind("1.3.6.1.2.1.1.1", ber.null()), tag=0xA5, bare=True)),
    ]

    def test_finds_the_same_fields_at_the_same_places(self):
        headers = len(ethernet(b""))
        path = self.file(pcap(*map(ethernet, self.MESSAGES)))
        judged = run(["tshark", "-n", "-r", str(path), "-T", "pdml"])
        self.assertEqual(judged.returncode, 0, judged.stderr)
        packets = xml.etree.ElementTree.fromstring(judged.stdout).findall("packet")
        self.assertEqual(len(packets), len(self.MESSAGES))
        for message, packet in zip(self.MESSAGES, packets):
            ours = {(name, at, size) for name, at, size, _ in
                    pieces(self.decode("--all", message.hex(), status=self.status(message)))}
            theirs = {(named(f), int(f.get("pos")) - headers, int(f.get("size")))
                      for f in packet.iter("field") if f.get("name").startswith("snmp.")
                      and named(f)}
            self.assertGreater(len(theirs), 5)
            self.assertEqual(theirs - ours, set(), message.hex())

    def test_finds_the_same_values(self):
        headers = len(ethernet(b""))
        path = self.file(pcap(*map(ethernet, self.MESSAGES)))
        judged = run(["tshark", "-n", "-r", str(path), "-T", "pdml"]).stdout
        packets = xml.etree.ElementTree.fromstring(judged).findall("packet")
        for message, packet in zip(self.MESSAGES, packets):
            out = self.decode("--all", message.hex(), status=self.status(message))
            ours = {(name, at): told for name, at, _, told in pieces(out)}
            for f in packet.iter("field"):
                told = ours.get((named(f), int(f.get("pos")) - headers))
                if told and re.fullmatch(r"-?\d+(\.\d+)*", f.get("show")):
                    self.assertEqual(f.get("show"), told.partition(" ")[0], f.attrib)

    def status(self, message):
        """0: unless a user is wanted that is not there."""
        return 1 if message[:8].find(b"\x02\x01\x03") > 0 else 0


if __name__ == "__main__":
    unittest.main()

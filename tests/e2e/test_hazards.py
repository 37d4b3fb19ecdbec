"""Ways in which receivers of notifications were broken before, one test for each (CVE
numbers where there are some). After each the listener must still show a good one."""

import unittest

import ber
import messages
from harness import Case

INT_MAX, INT_MIN = 2**31 - 1, -2**31
ENGINE = bytes.fromhex("80001f8804") + b"device"
SAMPLES = {  # a value of every type
    "INTEGER": ber.integer(7), "OCTET STRING": ber.octets(b"text"), "NULL": ber.null(),
    "OBJECT IDENTIFIER": ber.oid("1.3.6.1.4.1.9"), "IpAddress": ber.ip_address("192.0.2.1"),
    "Counter32": ber.counter32(7), "Gauge32": ber.gauge32(7), "TimeTicks": ber.timeticks(7),
    "Opaque": ber.opaque(b"\x9f\x78\x04\x42\xf6\x00\x00"), "Counter64": ber.counter64(7),
    "noSuchObject": ber.null(0x80), "noSuchInstance": ber.null(0x81),
    "endOfMibView": ber.null(0x82)}


class V1Traps(Case):
    """CVE-2025-68615 and the like: making an OID of the enterprise and the numbers."""

    def test_with_enterprises_of_every_length(self):
        listener = self.listen()
        for arcs in (2, 3, 126, 127, 128):
            event = self.shown(listener, messages.v1(enterprise=b"\x2b" + b"\1" * (arcs - 2)))
            self.assertEqual(event["v1"]["enterprise"], ".".join(["1.3"] + ["1"] * (arcs - 2)))
            if arcs <= 126:
                self.assertEqual(event["trap_oid"], event["v1"]["enterprise"] + ".0.1")
            else:  # it would have more than 128 sub-identifiers
                self.assertIn("no-trap-oid", event["flags"])
                self.assertNotIn("trap_oid", event)
        for arcs in (129, 130, 1000, 60000):
            self.refuses(listener, messages.v1(enterprise=b"\x2b" + b"\1" * (arcs - 2)), "ber-oid")

    def test_with_an_empty_enterprise(self):
        listener = self.listen()
        for generic in (0, 5, 6, 7):
            event = self.shown(listener, messages.v1(enterprise=b"", generic=generic))
            self.assertIn("odd-encoding", event["flags"])

    def test_with_largest_arcs(self):
        listener = self.listen()
        top = ber.oid_content([2, 2**32 - 81] + [2**32 - 1] * 126)
        event = self.shown(listener, messages.v1(enterprise=top, generic=0))
        self.assertTrue(event["v1"]["enterprise"].endswith(".4294967295"))
        self.assertEqual(event["trap_oid"], "1.3.6.1.6.3.1.1.5.1")

    def test_with_numbers_at_and_beyond_their_edges(self):
        listener = self.listen()
        for generic in (INT_MAX, INT_MIN, -1, 7):
            event = self.shown(listener, messages.v1(generic=generic))
            self.assertEqual(event["v1"]["generic"], generic)
            self.assertIn("odd-encoding", event["flags"])
        for specific in (INT_MAX, INT_MIN, -1, 0):
            event = self.shown(listener, messages.v1(specific=specific))
            self.assertEqual(event["v1"]["specific"], specific)
        for beyond in (INT_MAX + 1, INT_MIN - 1, 2**63, 2**64):
            self.refuses(listener, messages.v1(generic=beyond), "ber-integer")
            self.refuses(listener, messages.v1(specific=beyond), "ber-integer")
        self.refuses(listener, messages.v1(uptime=2**33), "ber-integer")
        self.assertEqual(self.shown(listener, messages.v1(uptime=2**32 - 1))["uptime"], 2**32 - 1)


class TrapOid(Case):
    def test_of_another_type_is_no_trap_oid(self):
        """snmpTrapOID.0 that is not an OBJECT IDENTIFIER was taken for one."""
        listener = self.listen()
        uptime = messages.standard()[0]
        for name, value in SAMPLES.items():
            if name == "OBJECT IDENTIFIER":
                value = ber.tlv(0x06)  # an empty one
            event = self.shown(listener, messages.v2c(
                uptime, ber.varbind(messages.SNMP_TRAP_OID, value), bare=True))
            self.assertIn("no-trap-oid", event["flags"], name)
            self.assertNotIn("trap_oid", event)

    def test_and_uptime_may_be_missing_or_misplaced_or_twice(self):
        listener = self.listen()
        uptime, trap_oid = messages.standard(messages.LINK_DOWN, 99)
        other = ber.varbind(messages.SYS_DESCR, ber.octets(b"x"))
        for varbinds, flags, left in (
                ((), {"no-uptime", "no-trap-oid"}, 0), ((uptime,), {"no-trap-oid"}, 0),
                ((trap_oid,), {"no-uptime"}, 0), ((other,), {"no-uptime", "no-trap-oid"}, 1),
                ((trap_oid, uptime), {"second-varbind-not-trap-oid"}, 0),
                ((other, uptime, trap_oid), {"second-varbind-not-trap-oid"}, 1),
                ((uptime, other, trap_oid), {"second-varbind-not-trap-oid"}, 1),
                ((uptime, trap_oid, uptime, trap_oid), set(), 2)):
            event = self.shown(listener, messages.v2c(*varbinds, bare=True))
            self.assertEqual(set(event["flags"]), flags)
            self.assertEqual(len(event["varbinds"]), left)
            self.assertEqual(event.get("uptime"), 99 if uptime in varbinds else None)
            self.assertEqual("trap_oid" in event, trap_oid in varbinds)

    def test_of_the_wrong_type_in_uptime(self):
        listener = self.listen()
        trap_oid = messages.standard()[1]
        for name, value in SAMPLES.items():
            event = self.shown(listener, messages.v2c(
                ber.varbind(messages.SYS_UPTIME, value), trap_oid, bare=True))
            self.assertEqual("no-uptime" in event["flags"], name != "TimeTicks", name)


class Communities(Case):
    """CVE-2014-2285, CVE-2004-0635."""

    def test_of_any_content(self):
        listener = self.listen()
        for community in (b"", b"\0", b"pub\0lic", b"\xff" * 255, b"x" * 255, b"%n%s%x"):
            for make in (messages.v1, messages.v2c):
                event = self.shown(listener, make(community=community))
                if event.get("community_encoding") == "hex":
                    self.assertEqual(event["community"], community.hex())
                else:
                    self.assertEqual(event["community"].encode(), community)

    def test_that_are_too_long_or_missing(self):
        listener = self.listen()
        for community in (b"x" * 256, b"x" * 65000):
            self.refuses(listener, messages.v2c(community=community), "ber-length")
        for version in (0, 1):
            self.refuses(listener, ber.sequence(ber.integer(version), messages.pdu()), "ber-tag")
            self.refuses(listener, ber.sequence(ber.integer(version)), "ber-truncated")
            self.refuses(listener, ber.sequence(ber.integer(version), ber.octets(b"public")),
                         "ber-truncated")


class Truncation(Case):
    """CVE-2015-5621: what was read of a varbind before the error was kept."""
    OBJECTS = [ber.varbind(f"1.3.6.1.4.1.99999.{i}", v) for i, v in enumerate(SAMPLES.values())]

    def whole(self):
        sender = messages.Sender("noc", ENGINE, "SHA-256", "maplesyrup")
        guest = messages.Sender("guest", ENGINE)
        return {"v1": messages.v1(*self.OBJECTS), "v2c": messages.v2c(*self.OBJECTS),
                "inform": messages.v2c(*self.OBJECTS, tag=messages.INFORM),
                "v3": guest.message(*self.OBJECTS), "v3 auth": sender.message(*self.OBJECTS)}

    def listen_v3(self):
        return self.listen("-u", "noc,auth=SHA-256:maplesyrup", "-u", "guest")

    def test_at_every_byte_is_refused(self):
        listener = self.listen_v3()
        for name, whole in self.whole().items():
            asked = listener.ask(*[whole[:n] for n in range(len(whole))])
            self.assertEqual([e["kind"] for e in asked.events], ["refused"] * len(whole), name)
            self.assertEqual([e["size"] for e in asked.events], list(range(len(whole))))
            self.assertTrue(all(e["offset"] <= e["size"] for e in asked.events))
            self.shown(listener, whole)

    def test_at_every_byte_inside_of_a_right_length_is_refused(self):
        listener = self.listen_v3()
        for name, whole in self.whole().items():
            content = ber.read(whole)[1]
            asked = listener.ask(*[ber.sequence(content[:n]) for n in range(len(content))])
            self.assertEqual([e["kind"] for e in asked.events],
                             ["refused"] * len(content), name)

    def test_of_one_byte_datagrams(self):
        listener = self.listen()
        asked = listener.ask(b"", *[bytes([n]) for n in range(256)])
        self.assertEqual([e["kind"] for e in asked.events], ["refused"] * 257)


class Lengths(Case):
    """gosnmp #552 and others: lengths near 2^31, 2^32, 2^63; indefinite ones."""
    BAD = [b"\x80", b"\xff", b"\x84\x7f\xff\xff\xff", b"\x84\x80\x00\x00\x00",
           b"\x84\xff\xff\xff\xff", b"\x85\x01\x00\x00\x00\x00", b"\x88" + b"\x7f" + b"\xff" * 7,
           b"\x88" + b"\xff" * 8, b"\x88" + b"\x80" + bytes(7), b"\x89" + b"\xff" * 9,
           b"\xfe" + b"\xff" * 126]

    def test_that_are_huge_or_indefinite_are_refused_at_every_level(self):
        listener = self.listen("-u", "guest")
        varbind = ber.varbind(messages.SYS_DESCR, ber.octets(b"value"))
        for whole in (messages.v1(varbind), messages.v2c(varbind),
                      messages.Sender("guest", ENGINE).message(varbind)):
            for at in tags_of(whole):
                bad = [whole[:at + 1] + x + whole[at + 2:] for x in self.BAD]
                events = listener.ask(*bad).events
                self.assertEqual([e["kind"] for e in events], ["refused"] * len(bad))

    def test_in_a_longer_form_than_needed_are_fine(self):
        listener = self.listen("-u", "guest")
        guest = messages.Sender("guest", ENGINE)
        for whole in (messages.v2c(), guest.message()):
            head, content = whole[:1], whole[2:]
            for form in (b"\x81", b"\x82\0", b"\x83\0\0", b"\x84\0\0\0"):
                long = head + form + bytes([len(content)]) + content
                self.assertEqual(self.shown(listener, long)["flags"], [])

    def test_of_the_usm_sequence_in_long_form_are_fine(self):
        """gosnmp 9343e6e: bounds were checked with the wrong variable."""
        listener = self.listen("-u", "guest")
        version, head, (_, usm), scoped = ber.children(
            ber.read(messages.Sender("guest", ENGINE).message())[1])
        fields = ber.read(usm)[1]
        for form in (b"\x81", b"\x82\0", b"\x83\0\0", b"\x84\0\0\0"):
            inner = b"\x30" + form + bytes([len(fields)]) + fields
            self.shown(listener, ber.sequence(ber.tlv(*version), ber.tlv(*head),
                                              ber.octets(inner), ber.tlv(*scoped)))

    def test_of_nested_values_take_bounded_work(self):
        """CVE-2026-30922: recursion without end."""
        listener = self.listen()
        deep = b""
        while len(deep) < 60000:
            deep = ber.sequence(deep)
        for data in (b"\x30\x80" * 30000, deep, b"\x30\x82\xff\xff" * 15000,
                     messages.v2c(ber.varbind(messages.SYS_DESCR, deep)),
                     messages.v2c(deep), b"\x24\x80" * 30000):
            self.refuses(listener, data)


def tags_of(message, at=0, end=None):
    """Where elements begin whose length is one octet, at every depth."""
    end = len(message) if end is None else end
    while at < end:
        tag, content, after = ber.read(message, at)
        if message[at + 1] < 0x80:
            yield at
        if tag & 0x20:
            yield from tags_of(message, after - len(content), after)
        at = after


class Oids(Case):
    """CVE-2026-23490 and others."""

    def test_that_never_end_or_overflow_or_are_padded_are_refused(self):
        listener = self.listen()
        for content in (b"\x2b" + b"\xff" * 60000, b"\x2b" + b"\x80" * 60000 + b"\1",
                        b"\x2b\x80\1", b"\x2b\x90\x80\x80\x80\x00", b"\x2b\x86", b"\xff",
                        b"\x2b" + b"\1" * 127, b"\x2b" + b"\x8f\xff\xff\xff\x7f" * 127,
                        b"\1" * 60000):
            self.refuses(listener, messages.v2c(ber.varbind(content, ber.null())), "ber-oid")
            self.refuses(listener, messages.v2c(ber.varbind(
                messages.SYS_DESCR, ber.tlv(0x06, content))), "ber-oid")
            self.refuses(listener, messages.v1(enterprise=content), "ber-oid")

    def test_at_the_edges_are_shown(self):
        listener = self.listen()
        for content, text in ((b"\x2b" + b"\1" * 126, "1.3" + ".1" * 126), (b"\0", "0.0"),
                              (b"\x27", "0.39"), (b"\x28", "1.0"), (b"\x4f", "1.39"),
                              (b"\x50", "2.0"), (b"\x88\x37", "2.999"),
                              (b"\x2b\x8f\xff\xff\xff\x7f", "1.3.4294967295"),
                              (b"\x8f\xff\xff\xff\x7f", "2.4294967215")):
            event = self.shown(listener, messages.v2c(ber.varbind(content, ber.tlv(0x06, content))))
            self.assertEqual(event["varbinds"][0]["oid"], text)
            self.assertEqual(event["varbinds"][0]["value"], text)

    def test_that_are_empty_are_shown_and_flagged(self):
        listener = self.listen()
        event = self.shown(listener, messages.v2c(ber.varbind(b"", ber.tlv(0x06))))
        self.assertIn("odd-encoding", event["flags"])
        self.assertEqual(event["varbinds"][0]["oid"], "")


class Varbinds(Case):
    def test_of_every_type_against_every_syntax(self):
        """CVE-2014-3565: a NULL in ifMtu. What does not fit is shown raw, and flagged."""
        objects = {  # its syntax's type on the wire
            "1.3.6.1.2.1.2.2.1.8.1": "INTEGER", "1.3.6.1.2.1.2.2.1.1.1": "INTEGER",
            "1.3.6.1.2.1.2.2.1.2.1": "OCTET STRING", "1.3.6.1.2.1.2.2.1.6.1": "OCTET STRING",
            "1.3.6.1.2.1.1.2.0": "OBJECT IDENTIFIER", "1.3.6.1.6.3.18.1.3.0": "IpAddress",
            "1.3.6.1.2.1.31.1.1.1.15.1": "Gauge32", "1.3.6.1.2.1.2.2.1.9.1": "TimeTicks",
            "1.3.6.1.2.1.2.2.1.10.1": "Counter32", "1.3.6.1.2.1.31.1.1.1.6.1": "Counter64"}
        listener = self.listen()
        for oid, right in objects.items():
            for name, value in SAMPLES.items():
                with self.subTest(oid=oid, type=name):
                    event = self.shown(listener, messages.v2c(ber.varbind(oid, value)))
                    got = event["varbinds"][0]
                    self.assertEqual((got["oid"], got["type"]), (oid, name))
                    if "name" in got and not name.startswith(("noSuch", "endOf")):
                        self.assertEqual("syntax-mismatch" in event["flags"], name != right)

    def test_with_numbers_of_every_width(self):
        listener = self.listen()
        for tag in (0x02, 0x41, 0x42, 0x43, 0x46):
            for content in (b"", b"\x7f", b"\x80", b"\xff" * 4, b"\xff" * 5, b"\0" + b"\xff" * 4,
                            b"\0" * 8 + b"\1", b"\xff" * 8, b"\0" + b"\xff" * 8, b"\x7f" * 8):
                event = listener.event(messages.v2c(
                    ber.varbind("1.3.6.1.4.1.9", ber.tlv(tag, content))))
                if event["kind"] == "trap":
                    self.assertIsInstance(event["varbinds"][0]["value"], int)
            self.refuses(listener, messages.v2c(
                ber.varbind("1.3.6.1.4.1.9", ber.tlv(tag, b"\1" * 9))), "ber-integer")

    def test_over_the_limit_are_refused(self):
        listener = self.listen()
        one = ber.varbind("1.3.6", ber.null())
        self.shown(listener, messages.v2c(*[one] * 2046))
        self.refuses(listener, messages.v2c(*[one] * 2047), "limit-varbinds")
        self.refuses(listener, messages.v1(*[one] * 6000), "limit-varbinds")


if __name__ == "__main__":
    unittest.main()

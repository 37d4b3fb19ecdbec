"""Thousands of damaged messages, the same ones on every run (as the PROTOS suite did,
CVE-2002-0012, CVE-2002-0013): the listener lives, its output is valid, its sums are right,
and a good notification after them is shown."""

import random
import unittest

import ber
import messages
from harness import Case, SHARED

ENGINE = bytes.fromhex("80001f8804") + b"device"
USERS = ("-u", "noc,auth=SHA-1:maplesyrup,priv=AES:maplesyrup,level=authNoPriv",
         "-u", "guest",
         "-u", "ush1,auth=SHA-1:authpass123,priv=AES:privpass123,window=off",
         "-u", "ush256,auth=SHA-256:authpass123,priv=AES-256:privpass123,window=off")
BATCH = 100


def seeds():
    values = [ber.integer(7), ber.octets(b"text \xff"), ber.null(), ber.oid("1.3.6.1.4.1.9.1"),
              ber.ip_address("192.0.2.1"), ber.counter32(2**32 - 1), ber.gauge32(7),
              ber.timeticks(7), ber.opaque(b"\x9f\x78\x04\x42\xf6\0\0"), ber.counter64(2**64 - 1)]
    varbinds = [ber.varbind(f"1.3.6.1.2.1.2.2.1.{i}.1", v) for i, v in enumerate(values, 1)]
    noc = messages.Sender("noc", ENGINE, "SHA-1", "maplesyrup")
    guest = messages.Sender("guest", ENGINE)
    out = [messages.v1(*varbinds), messages.v1(generic=2), messages.v2c(*varbinds),
           messages.v2c(*varbinds, tag=messages.INFORM), guest.message(*varbinds),
           noc.message(*varbinds), noc.inform(), messages.Sender().inform(), guest.inform()]
    return out + [p.read_bytes() for p in sorted(SHARED.glob("packets/*.bin"))]


def flip(rng, data):
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def set_byte(rng, data):
    at = rng.randrange(len(data))
    data[at] = rng.choice((0, 1, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xFE, 0xFF, rng.randrange(256)))


def cut(rng, data):
    del data[rng.randrange(len(data)):]


def insert(rng, data):
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.choice((b"\xff", bytes(4), b"\x80" * 8, b"\x30\x80", rng.randbytes(5),
                              b"\xff" * rng.randrange(1, 2000)))


def remove(rng, data):
    at = rng.randrange(len(data))
    del data[at:at + rng.randrange(1, 9)]


def repeat(rng, data):
    at = rng.randrange(len(data))
    piece = data[at:at + rng.randrange(1, 40)]
    data[at:at] = piece * rng.randrange(1, 30)


MUTATIONS = (flip, flip, set_byte, set_byte, cut, insert, remove, repeat)


def mutants(seed, count):
    rng, originals = random.Random(seed), seeds()
    for _ in range(count):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            if data:
                rng.choice(MUTATIONS)(rng, data)
        yield bytes(data[:65507])


def is_v3(message):
    return ber.children(ber.read(message)[1])[0][1] == b"\3"


def scoped(message):
    """The plain scopedPDU of a v3 message, if it has one."""
    tag, content = ber.children(ber.read(message)[1])[3]
    return ber.tlv(tag, content) if tag == 0x30 else None


class Mutations(Case):
    def test_leave_valid_json_and_right_sums(self):
        listener = self.listen(*USERS)
        batch, total = [], 20000
        for data in mutants(20261120, total):
            batch.append(data)
            if len(batch) == BATCH:
                listener.ask(*batch)
                batch = []
        counters = listener.stop().counters
        self.assertEqual(counters["received"], total + total // BATCH)
        self.assertGreater(len(counters["reasons"]), 10, "the mutations are too dull")
        self.assertGreater(counters["delivered"], total // 20)

    def test_of_what_was_authenticated_leave_the_same(self):
        """Damage behind the digest: by a sender that knows the secret."""
        listener = self.listen(*USERS)
        noc = messages.Sender("noc", ENGINE, "SHA-1", "maplesyrup")
        rng, total = random.Random(20261121), 4000
        plain = [scoped(s) for s in seeds() if is_v3(s) and scoped(s)]
        for at in range(0, total, BATCH):
            batch = []
            for _ in range(BATCH):
                data = bytearray(rng.choice(plain))
                for _ in range(rng.choice((1, 1, 2))):
                    if data:
                        rng.choice(MUTATIONS)(rng, data)
                batch.append(noc.message(scoped=bytes(data[:60000])))
            listener.ask(*batch)
        counters = listener.stop().counters
        self.assertEqual(counters["received"], total + total // BATCH)
        self.assertNotIn("usm-wrong-digest", counters["reasons"])
        self.assertGreater(counters["delivered"], total // 20)

    def test_leave_text_and_key_value_lines_clean(self):
        for form in ("text", "kv"):
            listener = self.listen(*USERS, form=form)
            sent = list(mutants(form, 5000))
            for at in range(0, len(sent), BATCH):
                listener.send(*sent[at:at + BATCH])
                listener.counters()  # not before it has been here
            listener.send(messages.v2c(community=b"the last one"))
            listener.wait(lambda: any(b"the last one" in x for x in listener.lines[-8:]))
            self.assertEqual(listener.stop().counters["received"], len(sent) + 1)
            out = b"".join(listener.lines).decode()
            self.assertNotIn("\x1b", out)


if __name__ == "__main__":
    unittest.main()

"""Messages and malformed datagrams gathered from public test suites, when the optional
folder TRAPLINE_SHARED is there: each is shown or refused as its class says, the output
stays valid, and a good trap after each is shown."""

import json
import unittest

import messages
from harness import Case, SHARED

# what our JSON calls it; how the vectors write its value
HEX = {"OCTET STRING", "Opaque"}
NUMBERS = {"INTEGER", "Counter32", "Gauge32", "TimeTicks", "Counter64"}
STANDARD = (messages.SYS_UPTIME, messages.SNMP_TRAP_OID)
# flags that say that what was sent is not as the RFCs have it
ODD = {"odd-encoding", "trailing-bytes", "no-uptime", "no-trap-oid", "pdu-of-other-version",
       "second-varbind-not-trap-oid", "syntax-mismatch"}


def load(name):
    path = SHARED / "vectors" / name
    if not path.exists():
        raise unittest.SkipTest(f"no vectors/{name} in TRAPLINE_SHARED")
    return json.loads(path.read_text())


def spec(credentials):
    out = credentials["user"]
    if "auth" in credentials:
        out += f",auth={credentials['auth']}:{credentials['authPass']}"
    if "priv" in credentials:
        out += f",priv={credentials['priv']}:{credentials['privPass']}"
    return out


def content(value, encoding):
    """The octets of a string in an event."""
    return bytes.fromhex(value) if encoding == "hex" else value.encode()


class Vectors(Case):
    def judged(self, listener, data):
        """What became of |data|: "show", "refuse" or "duplicate", and its event."""
        events = listener.ask(data).events
        self.assertLessEqual(len(events), 1)
        if not events:
            return "duplicate", None
        return ("refuse" if events[0]["kind"] == "refused" else "show"), events[0]


class Messages(Vectors):
    WANTED = {"show": {"show"}, "ignore": {"refuse"}, "refuse": {"refuse"},
              "either": {"show", "refuse"}}

    def listen_with(self, some):
        """Knows the users of |some|; the clocks of recordings are not of one piece."""
        specs = {spec(c) + ",window=off": None for m in some for c in m["credentials"]}
        return self.listen(*[x for s in specs for x in ("-u", s)])

    def test_are_shown_or_refused_as_a_receiver_should(self):
        every = load("messages.json")["messages"]
        main = self.listen_with([m for m in every if m["group"] == "main"])
        for m in every:
            with self.subTest(name=m["name"]):
                # the credentials of other groups contradict each other
                listener = main if m["group"] == "main" else self.listen_with([m])
                outcome, event = self.judged(listener, bytes.fromhex(m["hex"]))
                self.assertIn(outcome, self.WANTED[m["receiver"]], event)
                if outcome == "show" and m["expected"]:
                    self.check_shown(event, m["expected"])
                if m["receiver"] == "ignore":  # nothing is wrong with it but that it is here
                    self.assertRegex(event["reason"], "^(pdu-type|usm-.*)$")

    def check_shown(self, event, expected):
        versions = {0: "1", 1: "2c", 3: "3"}
        self.assertEqual(event["version"], versions[expected["version"]])
        if "community" in expected:
            self.assertEqual(content(event["community"], event.get("community_encoding")).hex(),
                             expected["community"])
        if "user" in expected:
            self.assertEqual(event["security"]["user"], expected["user"])
            self.assertEqual(event["security"]["engine_id"], expected["engineID"])
            self.assertEqual(event["context"]["engine_id"], expected["contextEngineID"])
        if "request_id" in expected:
            self.assertEqual(event["request_id"], expected["request_id"])
        wanted = expected["varbinds"]
        if expected["pdu"] != "trap1":
            wanted = without_standard(wanted)
        self.assertEqual([self.plain(v) for v in event["varbinds"]],
                         [(v["oid"], v["type"], v.get("value")) for v in wanted])

    def plain(self, varbind):
        value = varbind.get("value")
        if varbind["type"] in HEX:
            value = content(value, varbind.get("encoding")).hex()
        return varbind["oid"], varbind["type"], value


def without_standard(varbinds):
    """All but the first of each of the two that every v2 notification has."""
    out, missing = [], set(STANDARD)
    for v in varbinds:
        if v["oid"] in missing:
            missing.remove(v["oid"])
        else:
            out.append(v)
    return out


class Malformed(Vectors):
    WANTED = {"refuse": {"refuse"}, "strict": {"show"}, "accept": {"show"},
              "either": {"show", "refuse"}}

    def test_are_refused_or_shown_as_their_class_says(self):
        every = load("malformed.json")["files"]
        listener = self.listen()
        for m in every:
            with self.subTest(name=m["name"], why=m["why"]):
                data = (SHARED / "vectors" / m["file"]).read_bytes()
                outcome, event = self.judged(listener, data)
                self.assertIn(outcome, self.WANTED[m["class"]], event)
                if m["class"] == "strict":
                    self.assertTrue(set(event["flags"]) & ODD, event)
                if outcome == "refuse":
                    self.assertEqual(event["size"], len(data))


class Packets(Vectors):
    def test_recorded_from_netsnmp_are_shown(self):
        folder = SHARED / "packets"
        if not folder.is_dir():
            self.skipTest("no packets in TRAPLINE_SHARED")
        users = ("-u", "ush1,auth=SHA-1:authpass123,priv=AES-128:privpass123,level=authNoPriv",
                 "-u", "ush256,auth=SHA-256:authpass123,priv=AES-256:privpass123")
        for path in sorted(folder.glob("*.bin")):
            with self.subTest(name=path.name):
                listener = self.listen(*users)  # they share an engine and not a time
                event = self.shown(listener, path.read_bytes())
                self.assertIn(event["flags"], ([], ["unresolved"]))
                self.assertEqual("trap_name" in event, event["flags"] == [])


if __name__ == "__main__":
    unittest.main()

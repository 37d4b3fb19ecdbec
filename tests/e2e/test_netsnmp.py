"""net-snmp's snmptrap and snmpinform in every combination of version, level, auth and priv
protocol, over IPv4 and IPv6: each is shown once with the right fields, each inform is
acknowledged."""

import collections
import concurrent.futures
import unittest

import netsnmp
from harness import HOSTS, Case

PARALLEL = 4
IF_INDEX, IF_ALIAS = "1.3.6.1.2.1.2.2.1.1.7", "1.3.6.1.2.1.31.1.1.1.18.7"
IF_INDEX_NAME = "IF-MIB::ifIndex.7"
ENTERPRISE = "1.3.6.1.4.1.99999.7"
PASSPHRASE, SECRET = "maplesyrup", "secret, with comma"  # the comma belongs to it

Combo = collections.namedtuple("Combo", "version inform auth priv v6")


def users():
    """Every pair of protocols that this snmptrap knows, by its names."""
    privs = [p for p in netsnmp.PRIVS if netsnmp.supports(p)]
    pairs = [(None, None)]
    for auth in netsnmp.AUTHS:
        pairs += [(auth, None)] + [(auth, priv) for priv in privs]
    return pairs


def user_name(auth, priv):
    return "-".join(filter(None, ["user", auth, priv]))


def spec(auth, priv):
    out = user_name(auth, priv)
    if auth:
        out += f",auth={auth}:{PASSPHRASE}"
    if priv:
        out += f",priv={priv}:{SECRET}"
    return out


def combos(pairs):
    for v6 in (False, True)[:len(HOSTS)]:
        yield Combo("1", False, None, None, v6)
        for inform in (False, True):
            yield Combo("2c", inform, None, None, v6)
            for auth, priv in pairs:
                yield Combo("3", inform, auth, priv, v6)


@netsnmp.needs_netsnmp
class EveryCombination(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pairs = users()

    def send(self, listener, number, c):
        address = listener.address("::1" if c.v6 else "127.0.0.1")
        objects = [IF_INDEX, "i", 7, IF_ALIAS, "s", f"combo {number}"]
        if c.version == "1":
            return netsnmp.call("snmptrap", "-v", "1", "-c", "secret", netsnmp.target(address),
                                ENTERPRISE, "192.0.2.77", 6, 42, 123456, *objects)
        if c.version == "2c":
            args = ["-v", "2c", "-c", "secret"]
        else:
            args = netsnmp.user_args(user_name(c.auth, c.priv), c.auth, PASSPHRASE,
                                     c.priv, SECRET) + ["-n", f"context {number}"]
        way = netsnmp.inform if c.inform else netsnmp.trap
        return way(address, args, *objects)

    def test_is_shown_once_and_each_inform_is_acknowledged(self):
        every = list(enumerate(combos(self.pairs)))
        specs = [x for pair in self.pairs for x in ("-u", spec(*pair))]
        self.ours = "80001f8804" + b"receiver".hex()
        listener = self.listen("--engine-id", self.ours, *specs)
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            done = pool.map(lambda nc: (*nc, self.send(listener, *nc)), every)
            for _, c, result in done:
                with self.subTest(sent=c):
                    self.assertEqual(result.returncode, 0, result.stderr)
        counters = listener.stop().counters
        shown = collections.defaultdict(list)
        for event in listener.events:
            if event["kind"] != "refused":  # discovery ends in Reports, which are refusals
                shown[event["varbinds"][1]["value"]].append(event)
        for number, c in every:
            with self.subTest(shown=c):
                self.check_shown(number, c, shown[f"combo {number}"])
        self.assertEqual(counters["delivered"], len(every))
        self.assertEqual(counters["acknowledged"], sum(c.inform for _, c in every))
        self.assertEqual(counters["duplicate"], 0)
        discovery = {"usm-unknown-engine", "usm-not-in-time-window"}
        self.assertLessEqual(set(counters["reasons"]), discovery)

    def check_shown(self, number, c, events):
        self.assertEqual(len(events), 1)
        event = events[0]
        self.assertEqual((event["version"], event["kind"]),
                         (c.version, "inform" if c.inform else "trap"))
        self.assertEqual(event["source"]["address"], "::1" if c.v6 else "127.0.0.1")
        self.assertEqual(event["local"]["address"], "::1" if c.v6 else "127.0.0.1")
        self.assertEqual(event["uptime"], 123456)
        self.assertEqual(event["varbinds"][0]["oid"], IF_INDEX)
        self.assertEqual(event["varbinds"][0]["name"], IF_INDEX_NAME)
        self.assertEqual(event["varbinds"][0]["type"], "INTEGER")
        self.assertEqual(event["varbinds"][0]["value"], 7)
        self.assertEqual(event["varbinds"][1]["oid"], IF_ALIAS)
        self.assertEqual(event["varbinds"][1]["type"], "OCTET STRING")
        self.assertEqual(len(event["varbinds"]), 2)
        if c.version == "1":
            self.check_v1(event)
        else:
            self.assertEqual(event["trap_oid"], "1.3.6.1.6.3.1.1.5.3")
            self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
            self.assertEqual(event["flags"], [])
            self.assertIn("request_id", event)
        if c.version == "3":
            self.check_security(number, c, event)
        else:
            self.assertEqual(event["community"], "secret")

    def check_v1(self, event):
        self.assertEqual(event["agent_address"], "192.0.2.77")
        self.assertEqual(event["v1"],
                         {"enterprise": ENTERPRISE, "generic": 6, "specific": 42})
        self.assertEqual(event["trap_oid"], ENTERPRISE + ".0.42")
        self.assertEqual(event["flags"], ["unresolved"])

    def check_security(self, number, c, event):
        security = event["security"]
        level = "authPriv" if c.priv else "authNoPriv" if c.auth else "noAuthNoPriv"
        self.assertEqual(security["user"], user_name(c.auth, c.priv))
        self.assertEqual(security["level"], level)
        self.assertEqual(security.get("auth"), netsnmp.AUTHS.get(c.auth))
        self.assertEqual(security.get("priv"), netsnmp.PRIVS.get(c.priv))
        self.assertEqual(event["context"]["name"], f"context {number}")
        context = event["context"]["engine_id"]
        if c.inform:  # we are authoritative, and the context is the sender's
            self.assertEqual(security["engine_id"], self.ours)
            self.assertNotEqual(context, self.ours)
        else:
            self.assertEqual(security["engine_id"], context)
        self.assertRegex(context, "^80[0-9a-f]{8,62}$")
        if c.auth:
            self.assertGreater(security["boots"], 0)


@netsnmp.needs_netsnmp
class EveryType(Case):
    BASE = "1.3.6.1.4.1.99999.1."

    def send(self, *objects):
        listener = self.listen()
        numbered = []
        for i, (letter, value) in enumerate(objects):
            numbered += [f"{self.BASE}{i}", letter, value]
        result = netsnmp.trap(listener.address(), ["-v", "2c", "-c", "public"], *numbered)
        self.assertEqual(result.returncode, 0, result.stderr)
        return listener.wait_events(1)[0]["varbinds"]

    def test_is_shown_as_it_was_on_the_wire(self):
        got = self.send(("i", -2147483648), ("u", 4294967295), ("c", 4294967295),
                        ("C", "18446744073709551615"), ("t", 4294967295),
                        ("a", "192.0.2.255"), ("o", "1.3.6.1.4.1.4294967295.0"),
                        ("s", "text"), ("x", "00ff0a1b"), ("d", "0.255.10"),
                        ("n", ""), ("b", "1,9"))  # 40 40
        self.assertEqual([(v["type"], v.get("value"), v.get("encoding")) for v in got], [
            ("INTEGER", -2147483648, None), ("Gauge32", 4294967295, None),
            ("Counter32", 4294967295, None), ("Counter64", 18446744073709551615, None),
            ("TimeTicks", 4294967295, None), ("IpAddress", "192.0.2.255", None),
            ("OBJECT IDENTIFIER", "1.3.6.1.4.1.4294967295.0", None),
            ("OCTET STRING", "text", None), ("OCTET STRING", "00ff0a1b", "hex"),
            ("OCTET STRING", "00ff0a", "hex"), ("NULL", None, None),
            ("OCTET STRING", "@@", None)])

    def test_repeated_objects_stay_apart_and_in_order(self):
        listener = self.listen()
        name = self.BASE + "1"
        netsnmp.trap(listener.address(), ["-v", "2c", "-c", "public"],
                     name, "i", 3, name, "i", 1, name, "i", 2)
        event = listener.wait_events(1)[0]
        self.assertEqual([(v["oid"], v["value"]) for v in event["varbinds"]],
                         [(name, 3), (name, 1), (name, 2)])

    def test_no_objects_at_all(self):
        self.assertEqual(self.send(), [])


@netsnmp.needs_netsnmp
class GenericTraps(Case):
    NAMES = ["SNMPv2-MIB::coldStart", "SNMPv2-MIB::warmStart", "IF-MIB::linkDown",
             "IF-MIB::linkUp", "SNMPv2-MIB::authenticationFailure", None]

    def test_of_v1_take_the_names_of_rfc_3584(self):
        listener = self.listen()
        for generic, name in enumerate(self.NAMES):
            netsnmp.call("snmptrap", "-v", "1", "-c", "public",
                         netsnmp.target(listener.address()), ENTERPRISE, "192.0.2.1",
                         generic, 0, 5)
            event = listener.wait_events(generic + 1)[-1]
            self.assertEqual(event["trap_oid"], f"1.3.6.1.6.3.1.1.5.{generic + 1}")
            if name:
                self.assertEqual(event["trap_name"], name)


if __name__ == "__main__":
    unittest.main()

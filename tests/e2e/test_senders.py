"""Senders other than net-snmp, each skipped where it is not installed: pysnmp, perl's
Net::SNMP, ruby-snmp, scapy."""

import importlib.util
import json
import shutil
import subprocess
import unittest

import messages
from harness import HOSTS, Case, run

SYS_NAME = "1.3.6.1.2.1.1.5.0"
PASSPHRASE, SECRET = "maplesyrup", "privprivpriv"


def runs(*argv):
    return bool(shutil.which(argv[0])) and subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False).returncode == 0


def needs(module):
    """A module of this python."""
    return unittest.skipUnless(importlib.util.find_spec(module), f"{module} is not installed")


def needs_perl(*modules):
    use = " ".join(f"-M{m}" for m in modules).split()
    return unittest.skipUnless(runs("perl", *use, "-e", "1"),
                               f"perl's {' or '.join(modules)} is not installed")


needs_ruby = unittest.skipUnless(runs("ruby", "-e", "require 'snmp'"),
                                 "ruby-snmp is not installed")


class Sent(Case):
    def check_sent(self, listener, text, **fields):
        """That the event with sysName |text| came, as |fields| say, and nothing else of it."""
        event = listener.wait_event(lambda e: any(
            v.get("value") == text for v in e.get("varbinds", ())))
        self.assertEqual({k: event.get(k) for k in fields}, fields)
        self.assertEqual([(v["oid"], v["name"], v["type"], v["value"])
                          for v in event["varbinds"]],
                         [(SYS_NAME, "SNMPv2-MIB::sysName.0", "OCTET STRING", text)])
        self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
        return event


@needs("pysnmp")
class Pysnmp(Sent):
    AUTHS = {"MD5": "usmHMACMD5AuthProtocol", "SHA-1": "usmHMACSHAAuthProtocol",
             "SHA-224": "usmHMAC128SHA224AuthProtocol",
             "SHA-256": "usmHMAC192SHA256AuthProtocol",
             "SHA-384": "usmHMAC256SHA384AuthProtocol",
             "SHA-512": "usmHMAC384SHA512AuthProtocol"}
    PRIVS = {"DES": "usmDESPrivProtocol", "3DES": "usm3DESEDEPrivProtocol",
             "AES-128": "usmAesCfb128Protocol", "AES-192": "usmAesBlumenthalCfb192Protocol",
             "AES-256": "usmAesBlumenthalCfb256Protocol", "AES-192-C": "usmAesCfb192Protocol",
             "AES-256-C": "usmAesCfb256Protocol"}

    def setUp(self):
        try:
            from pysnmp import hlapi
        except ImportError as problem:  # Ubuntu 24.04 has one that its own Python is too new for
            self.skipTest(f"pysnmp cannot be used: {problem}")
        self.api = hlapi
        self.engine = hlapi.SnmpEngine()

    def send(self, listener, credentials, inform, text, source="127.0.0.1"):
        api, (host, port) = self.api, listener.address(source)
        way = api.Udp6TransportTarget if ":" in host else api.UdpTransportTarget
        objects = [
            api.ObjectType(api.ObjectIdentity(messages.SYS_UPTIME), api.TimeTicks(777)),
            api.ObjectType(api.ObjectIdentity(messages.SNMP_TRAP_OID),
                           api.ObjectIdentifier(messages.LINK_DOWN)),
            api.ObjectType(api.ObjectIdentity(SYS_NAME), api.OctetString(text))]
        error, status, _, _ = next(api.sendNotification(
            self.engine, credentials, way((host, port), timeout=5, retries=2),
            api.ContextData(), "inform" if inform else "trap", objects))
        self.assertFalse(error)
        self.assertFalse(status)

    def test_of_v1_and_v2c(self):
        listener = self.listen()
        for source in HOSTS:
            for model, version in ((0, "1"), (1, "2c")):
                text = f"{version} from {source}"
                self.send(listener, self.api.CommunityData("noc", mpModel=model), False, text,
                          source)
                self.check_sent(listener, text, version=version, community="noc", uptime=777,
                                kind="trap")
        self.send(listener, self.api.CommunityData("noc"), True, "inform")
        self.check_sent(listener, "inform", version="2c", kind="inform")

    def test_of_v3_with_every_pair_of_protocols(self):
        pairs = [(a, p) for a in self.AUTHS for p in (None, *self.PRIVS)]
        specs = [f"{a}+{p},auth={a}:{PASSPHRASE}" + (f",priv={p}:{SECRET}" if p else "")
                 for a, p in pairs]
        listener = self.listen(*[x for s in specs for x in ("-u", s)], "-u", "None+None")
        for auth, priv in [(None, None)] + pairs:
            with self.subTest(auth=auth, priv=priv):
                self.check_pair(listener, auth, priv)

    def check_pair(self, listener, auth, priv):
        args, how = [f"{auth}+{priv}"], {}
        if auth:
            args.append(PASSPHRASE)
            how["authProtocol"] = getattr(self.api, self.AUTHS[auth])
        if priv:
            args.append(SECRET)
            how["privProtocol"] = getattr(self.api, self.PRIVS[priv])
        for inform in (False, True):
            text = f"{auth} {priv} {inform}"
            self.send(listener, self.api.UsmUserData(*args, **how), inform, text)
            event = self.check_sent(listener, text, version="3", flags=[], uptime=777,
                                    kind="inform" if inform else "trap")
            self.assertEqual(event["security"].get("auth"), auth)
            self.assertEqual(event["security"].get("priv"), priv)


PERL = r'''
my ($port, $version, $how, $text, @user) = @ARGV;
my ($session, $error) = Net::SNMP->session(-hostname => "127.0.0.1", -port => $port,
    -version => $version, -timeout => 5, -retries => 2,
    $version eq "snmpv3" ? @user : (-community => "noc"));
die $error unless $session;
my @name = ("1.3.6.1.2.1.1.5.0", OCTET_STRING, $text);
my @head = ("1.3.6.1.2.1.1.3.0", TIMETICKS, 777,
            "1.3.6.1.6.3.1.1.4.1.0", OBJECT_IDENTIFIER, "1.3.6.1.6.3.1.1.5.3");
my $result = $how eq "v1" ? $session->trap(-enterprise => "1.3.6.1.4.1.99999",
    -agentaddr => "192.0.2.3", -generictrap => 2, -specifictrap => 0, -timestamp => 777,
    -varbindlist => \@name)
  : $how eq "trap" ? $session->snmpv2_trap(-varbindlist => [@head, @name])
  : $session->inform_request(-varbindlist => [@head, @name]);
die $session->error() unless defined $result;
'''


class Perl(Sent):
    def send(self, listener, *args):
        result = run(["perl", "-MNet::SNMP=:ALL", "-e", PERL,
                      str(listener.address()[1]), *args])
        self.assertEqual(result.returncode, 0, result.stderr)

    @needs_perl("Net::SNMP")
    def test_of_v1_and_v2c(self):
        listener = self.listen()
        self.send(listener, "snmpv1", "v1", "first")
        event = self.check_sent(listener, "first", version="1", kind="trap", uptime=777,
                                agent_address="192.0.2.3", community="noc")
        self.assertEqual(event["v1"]["enterprise"], "1.3.6.1.4.1.99999")
        self.send(listener, "snmpv2c", "trap", "second")
        self.check_sent(listener, "second", version="2c", kind="trap", uptime=777)
        self.send(listener, "snmpv2c", "inform", "third")
        self.check_sent(listener, "third", version="2c", kind="inform")
        self.assertEqual(listener.stop().counters["received"], 3)

    @needs_perl("Net::SNMP", "Crypt::DES", "Digest::HMAC")
    def test_of_v3(self):
        users = {"-md5-des": "auth=MD5:maplesyrup,priv=DES:privprivpriv",
                 "-sha": "auth=SHA:maplesyrup", "-plain": ""}
        listener = self.listen(*[x for name, s in users.items()
                                 for x in ("-u", f"{name},{s}".strip(","))])
        for name, spec in users.items():
            user = ["-username", name]
            if "auth=" in spec:
                user += ["-authpassword", PASSPHRASE, "-authprotocol", name.split("-")[1]]
            if "priv=" in spec:
                user += ["-privpassword", SECRET, "-privprotocol", "des"]
            for how, role in (("trap", ["-authoritative", "1"]), ("inform", [])):
                self.send(listener, "snmpv3", how, f"{how} of {name}", *user, *role)
                self.check_sent(listener, f"{how} of {name}", version="3", kind=how)


RUBY = r'''
require "snmp"
port, version, how, text = ARGV
SNMP::Manager.open(host: "127.0.0.1", trap_port: port.to_i, community: "noc",
                   version: version.to_sym, timeout: 5, retries: 2) do |manager|
  name = [SNMP::VarBind.new("1.3.6.1.2.1.1.5.0", SNMP::OctetString.new(text))]
  case how
  when "v1"
    manager.trap_v1("1.3.6.1.4.1.99999", "192.0.2.3", :linkDown, 0, 777, name)
  when "trap"
    manager.trap_v2(777, "1.3.6.1.6.3.1.1.5.3", name)
  else
    abort "no answer" unless manager.inform(777, "1.3.6.1.6.3.1.1.5.3", name)
  end
end
'''


@needs_ruby
class Ruby(Sent):
    def test_of_v1_and_v2c(self):
        listener = self.listen()
        for version, how, kind in (("SNMPv1", "v1", "trap"), ("SNMPv2c", "trap", "trap"),
                                   ("SNMPv2c", "inform", "inform")):
            result = run(["ruby", "-e", RUBY, str(listener.address()[1]), version, how, how])
            self.assertEqual(result.returncode, 0, result.stderr)
            self.check_sent(listener, how, kind=kind, uptime=777, community="noc",
                            version="1" if how == "v1" else "2c")
        self.assertEqual(listener.stop().counters["received"], 3)


SCAPY = r'''
import json, sys
from scapy.layers.snmp import *
from scapy.asn1.asn1 import *
name = SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.5.0"), value=ASN1_STRING(sys.argv[1]))
head = [SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.3.0"), value=ASN1_TIME_TICKS(777)),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.6.3.1.1.4.1.0"),
                    value=ASN1_OID("1.3.6.1.6.3.1.1.5.3"))]
out = [SNMP(version="v1", community="noc", PDU=SNMPtrapv1(
           enterprise=ASN1_OID("1.3.6.1.4.1.99999"), agent_addr=ASN1_IPADDRESS("192.0.2.3"),
           generic_trap=2, specific_trap=0, time_stamp=777, varbindlist=[name])),
       SNMP(version="v2c", community="noc", PDU=SNMPtrapv2(id=7, varbindlist=head + [name])),
       SNMP(version="v2c", community="noc", PDU=SNMPinform(id=8, varbindlist=head + [name]))]
print(json.dumps([bytes(m).hex() for m in out]))
'''


@needs("scapy")
class Scapy(Sent):
    def test_of_v1_and_v2c(self):
        built = run(["/usr/bin/python3", "-c", SCAPY, "scapy's"])
        self.assertEqual(built.returncode, 0, built.stderr)
        listener = self.listen()
        for hexadecimal, kind, version in zip(json.loads(built.stdout),
                                              ("trap", "trap", "inform"), ("1", "2c", "2c")):
            asked = listener.ask(bytes.fromhex(hexadecimal))
            self.assertEqual(len(asked.replies), int(kind == "inform"))
            event, = asked.events
            self.assertEqual((event["kind"], event["version"], event["uptime"]),
                             (kind, version, 777))
            self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
            self.assertEqual(event["varbinds"][0]["value"], "scapy's")


if __name__ == "__main__":
    unittest.main()

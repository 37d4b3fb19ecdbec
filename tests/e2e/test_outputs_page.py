"""The examples of docs/outputs.md do what the page says: as they are printed, with its host
names and ports, in a network and an /etc of their own."""

import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

import ber
import messages
import products
import running
from harness import PROGRAM, ROOT, Case, run
from outputs import Certificates, OutputCase, basic, wait
from test_examples import raise_loopback
from test_syslog import Datagrams, Stream

INSIDE = "TRAPLINE_TESTS_OWN_NETWORK"
PAGE = (ROOT / "docs" / "outputs.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
NAMES = ("tickets.example.net", "search.example.net", "opensearch.example.net",
         "splunk.example.net", "events.pagerduty.com", "example.service-now.com",
         "example.atlassian.net", "alertmanager.example.net", "hooks.slack.com",
         "logs.example.net", "siem.example.net", "oldlogs.example.net", "nms.example.net")
ADDRESSES = {name: f"127.0.1.{i}" for i, name in enumerate(NAMES, 1)}
SECRETS = {name: f"{name.replace('.', '-')}-0123456789" for name in (
    "tickets.token", "search.apikey", "opensearch.password", "hec.token",
    "servicenow.password", "jira.token")} | {
        "pagerduty.key": "0123456789abcdef" * 2, "slack.path": "T0/B0/0123456789abcdef"}
PROGRAM_TEXT = "#!/bin/sh\ncat >>/etc/trapline/program.out\n"
DOWN, UP, COLD = (f"1.3.6.1.6.3.1.1.5.{i}" for i in (3, 4, 1))


def make_etc(folder):
    """An /etc whose hosts are on this machine, whose CA is ours, and with the files that
    the examples name."""
    own = folder / "trapline"
    own.mkdir(parents=True)
    for name, text in SECRETS.items():
        (own / name).write_text(text + "\n")
    (own / "on-trap").write_text(PROGRAM_TEXT)
    (own / "on-trap").chmod(0o755)
    made = Certificates(*NAMES)
    for name, source in (("siem-ca.pem", "ca.pem"), ("search-ca.pem", "ca.pem"),
                         ("trapline.pem", "client.pem"), ("trapline.key", "client.key"),
                         ("ca.pem", "ca.pem"), ("server.pem", "server.pem"),
                         ("server.key", "server.key")):
        shutil.copy(made.path(source), own / name)
    made.folder.cleanup()
    (folder / "ssl" / "certs").mkdir(parents=True)
    shutil.copy(own / "ca.pem", folder / "ssl" / "certs" / "ca-certificates.crt")
    (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(
        f"{address} {name}\n" for name, address in ADDRESSES.items()))
    (folder / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    for name in ("passwd", "group", "ld.so.cache"):
        if (pathlib.Path("/etc") / name).exists():
            shutil.copy(f"/etc/{name}", folder / name)


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Outside(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        make_etc(self.folder / "etc")

    def test_check_finds_nothing_wrong(self):
        self.assertGreater(len(EXAMPLES), 8)
        for example in EXAMPLES:
            path = self.folder / "t.yaml"
            path.write_text(f"state: {self.folder}/state\n" + example.replace(
                "/etc/trapline", f"{self.folder}/etc/trapline"))
            done = run([PROGRAM, "check", "-c", str(path)])
            said = [x for x in done.stderr.decode().splitlines()
                    if "has no address now" not in x]  # the examples' hosts
            self.assertEqual((done.returncode, said), (0, []), example)

    def test_all_do_what_they_say(self):
        own = ["unshare", "--map-root-user", "--net", "--mount", "sh", "-c",
               f'mount --bind "{self.folder}/etc" /etc && exec "$@"', "sh"]
        if not shutil.which("unshare") or run([*own, "true"]).returncode != 0:
            self.skipTest("no network and file systems of its own are allowed here")
        result = subprocess.run([*own, sys.executable, __file__], check=False, timeout=300,
                                capture_output=True, env=os.environ | {INSIDE: "1"})
        self.assertEqual(result.returncode, 0, result.stderr.decode())


def secret(name):
    return SECRETS[name]


class Page(OutputCase):
    """One test for each example; its name is that of an output in it."""

    def example(self, name):
        """A daemon that runs the example with the output |name|. /dev/log is elsewhere."""
        text, = (x for x in EXAMPLES if re.search(rf"^  {name}:", x, re.M))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        pathlib.Path(folder.name, "trapline.yaml").write_text(
            "listen: [udp:127.0.0.1:0]\nmetrics: {listen: '127.0.0.1:0'}\n"
            f"state: {folder.name}/state\n" + text.replace("/dev/log", "/etc/trapline/log"))
        d = running.Daemon(folder=folder.name)
        self.addCleanup(d.close)
        return d.wait_ready()

    def link(self, trap):
        column = "1.3.6.1.2.1.2.2.1"
        return messages.v2c(
            ber.varbind(f"{column}.1.7", ber.integer(7)),
            ber.varbind(f"{column}.2.7", ber.octets(b'Gi0/7 "up"\n')),
            ber.varbind(f"{column}.8.7", ber.integer(2 if trap == DOWN else 1)),
            trap_oid=trap, uptime=7 if trap == DOWN else 9)

    def down_and_up(self, d):
        d.send(self.link(DOWN), messages.v2c(trap_oid=COLD, uptime=8), self.link(UP))

    def settle(self, d, **delivered):
        """Until each output has delivered so many; and nothing else came of any."""
        d.wait_counters(lambda c: all(
            c["outputs"][name]["delivered"] >= n for name, n in delivered.items()))
        counters = d.stop()["outputs"]
        self.assertEqual({name: (o["delivered"], o["rejected"]) for name, o in counters.items()
                          if name in delivered},
                         {name: (n, 0) for name, n in delivered.items()}, d.errors)
        return counters

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("/etc/trapline/server.pem", "/etc/trapline/server.key")
        return context

    def product(self, kind, name, port=443, **how):
        tls = None if port == 9093 else self.tls()
        return self.double(kind, tls=tls, port=port, address=ADDRESSES[name], **how)

    def test_everything_and_bad(self):
        d = self.example("bad")
        self.down_and_up(d)
        self.settle(d, everything=3, bad=1)
        self.assertEqual([e["trap_name"] for e in d.events()],
                         ["IF-MIB::linkDown", "SNMPv2-MIB::coldStart", "IF-MIB::linkUp"])
        self.assertRegex((d.state / "bad.log").read_text(),
                         r"\A\S+Z 127\.0\.0\.1 MAJOR linkDown: -\n\Z")

    def test_files(self):
        d = self.example("audit")
        self.down_and_up(d)
        self.settle(d, events=3, audit=3)
        self.assertEqual(len(d.events()), 3)
        self.assertEqual((d.state / "events.json").stat().st_mode & 0o777, 0o640)
        self.assertEqual((d.state / "audit.log").read_text().count("trap_name="), 3)

    def test_stdout(self):
        d = self.example("terminal")
        self.down_and_up(d)
        self.settle(d, terminal=3)

    def test_syslog(self):
        tls = self.tls()
        tls.load_verify_locations("/etc/trapline/ca.pem")
        tls.verify_mode = ssl.CERT_REQUIRED
        inet = socket.AF_INET
        receivers = {
            "local": Datagrams(socket.AF_UNIX, "/etc/trapline/log"),
            "collector": Stream(inet, (ADDRESSES["logs.example.net"], 601)),
            "siem": Stream(inet, (ADDRESSES["siem.example.net"], 6514), tls=tls),
            "old": Datagrams(inet, (ADDRESSES["oldlogs.example.net"], 514))}
        for receiver in receivers.values():
            self.addCleanup(receiver.close)
        d = self.example("siem")
        self.down_and_up(d)
        counts = {"local": 2, "collector": 3, "siem": 3, "old": 3}
        for name, count in counts.items():
            receiver = receivers[name]
            wait(lambda r=receiver, n=count: len(r.messages) >= n or r.bad,
                 lambda n=name: f"{n}: {d.errors}")
            self.assertEqual(receiver.bad, [])
        self.settle(d, **counts)
        first = {name: receiver.messages[0] for name, receiver in receivers.items()}
        self.assertEqual(first["collector"].facility, 19)
        self.assertEqual(first["siem"].data["snmp"]["l3"], "ifIndex.7")
        self.assertEqual(first["old"].text, 'TRAP MAJOR linkDown Gi0/7 "up"\\n')
        self.assertEqual(first["local"].severity, 2)

    def test_exec(self):
        d = self.example("program")
        self.down_and_up(d)
        self.settle(d, program=3)
        text = pathlib.Path("/etc/trapline/program.out").read_text()
        self.assertEqual(len([json.loads(x) for x in text.splitlines()]), 3)

    def test_tickets(self):
        double = self.product(products.Tickets, "tickets.example.net", key="id",
                              authorization=f"Bearer {secret('tickets.token')}")
        d = self.example("tickets")
        self.down_and_up(d)
        self.settle(d, tickets=1)
        self.assertEqual([(t["title"], t["host"], t["severity"]) for t in double.tickets],
                         [("linkDown on 127.0.0.1", "127.0.0.1", "major")])

    def test_elasticsearch_and_opensearch(self):
        search = self.product(
            products.Elasticsearch, "search.example.net", 9200, streams=["logs-"],
            authorization=f"ApiKey {secret('search.apikey')}")
        opensearch = self.product(
            products.Elasticsearch, "opensearch.example.net", 9200,
            authorization=basic("trapline", secret("opensearch.password")))
        d = self.example("search")
        self.down_and_up(d)
        self.settle(d, search=3, opensearch=3)
        self.assertEqual({i for i, _ in search.documents}, {"logs-snmp.trap-default"})
        self.assertEqual({i for i, _ in opensearch.documents}, {"traps-unknown"})
        self.assertEqual(len(search.documents), 3)

    def test_splunk(self):
        double = self.product(products.Splunk, "splunk.example.net", 8088,
                              token=secret("hec.token"))
        d = self.example("splunk")
        self.down_and_up(d)
        self.settle(d, splunk=3)
        self.assertEqual({(e["index"], e["source"], e["sourcetype"]) for e in double.events},
                         {("traps", "snmp:127.0.0.1", "snmp:trap")})

    def test_ticket_systems(self):
        made = {
            "pagerduty": self.product(
                products.Tickets, "events.pagerduty.com", read=products.read_pagerduty,
                path="/v2/enqueue", status=202),
            "servicenow": self.product(
                products.Tickets, "example.service-now.com", read=products.read_servicenow,
                path="/api/now/table/em_event",
                authorization=basic("trapline", secret("servicenow.password"))),
            "jira": self.product(
                products.Tickets, "example.atlassian.net", read=products.read_jira,
                path="/rest/api/2/issue",
                authorization=basic("noc@example.net", secret("jira.token"))),
            "alertmanager": self.product(
                products.Tickets, "alertmanager.example.net", 9093, status=200,
                read=products.read_alertmanager, path="/api/v2/alerts"),
            "slack": self.product(
                products.Tickets, "hooks.slack.com", read=products.read_slack, status=200,
                path=f"/services/{secret('slack.path')}")}
        d = self.example("pagerduty")
        self.down_and_up(d)
        critical = "1.3.6.1.4.1.9.9.43.2.0.1"
        d.send(messages.v2c(ber.varbind("1.3.6.1.2.1.121.1.1.1.6.1", ber.integer(1)),
                            ber.varbind("1.3.6.1.4.1.9.9.41.1.2.3.1.3.5", ber.integer(1)),
                            trap_oid=critical, uptime=11))
        self.settle(d, pagerduty=4, servicenow=4, alertmanager=4, slack=2, jira=1)
        events = made["pagerduty"].tickets
        self.assertEqual([(e["event_action"], e["payload"]["severity"]) for e in events],
                         [("trigger", "error"), ("trigger", "warning"), ("resolve", "info"),
                          ("trigger", "critical")])
        self.assertEqual(events[0]["dedup_key"], events[2]["dedup_key"])
        self.assertEqual([e["severity"] for e in made["servicenow"].tickets],
                         ["2", "4", "0", "1"])
        down, _, up, _ = (a for alerts in made["alertmanager"].tickets for a in alerts)
        self.assertEqual(down["labels"], up["labels"])
        self.assertEqual((down["endsAt"][:4], up["endsAt"]), ("2099", up["startsAt"]))
        self.assertEqual(made["slack"].tickets[0], {"text": "linkDown on 127.0.0.1"})

    def test_forward(self):
        receiver = Case.listen(self, listen=(f"udp:{ADDRESSES['nms.example.net']}:162",),
                               check=False)
        d = self.example("manager")
        self.down_and_up(d)
        self.settle(d, manager=3)
        self.assertEqual([e["trap_oid"] for e in receiver.wait_events(3)], [DOWN, COLD, UP])

    def end(self, listener, check):
        Case.end(self, listener, check)

    def test_every_output_of_the_page_is_in_a_test(self):
        names = {name for x in EXAMPLES
                 for name in re.findall(r"^  (\w+):", x.partition("outputs:")[2], re.M)}
        text = pathlib.Path(__file__).read_text()
        self.assertEqual({n for n in names if not re.search(rf"\b{n}=|\"{n}\":", text)}, set())


def load_tests(loader, _tests, _pattern):
    return loader.loadTestsFromTestCase(Page if INSIDE in os.environ else Outside)


if __name__ == "__main__":
    if INSIDE in os.environ:
        raise_loopback()
    unittest.main()

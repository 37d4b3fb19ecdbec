"""Texts of old devices through `trapline run`: `charset`, and rules' `set.charset` for some
devices, in every format of an output, in templates and in conditions."""

import socket
import unittest

import ber
import messages
import outputs
import running

GERMAN, CHINESE = "Käse über", "中文接口"
IF_DESCR, IF_INDEX = "1.3.6.1.2.1.2.2.1.2.3", "1.3.6.1.2.1.2.2.1.1.3"
RULES = [
    {"name": "beijing", "match": {"source": "127.0.0.2"},
     "set": {"charset": "GB18030", "message": "message {ifDescr}", "fields": {"f": "{ifDescr}"}}},
    {"match": {"varbinds": {"ifDescr": f"/{CHINESE[:2]}/"}}, "set": {"tags": ["chinese"]}},
    {"match": {"varbinds": {"ifDescr": GERMAN}}, "set": {"tags": ["german"]}},
    {"name": "none", "match": {"source": "127.0.0.3"}, "set": {"charset": "UTF-8"}},
]


def trap(text, charset):
    return messages.v2c(ber.varbind(IF_INDEX, ber.integer(3)),
                        ber.varbind(IF_DESCR, ber.octets(text.encode(charset))),
                        trap_oid=messages.LINK_DOWN)


class Charsets(running.Case):
    def setUp(self):
        self.syslog = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.syslog.settimeout(outputs.PATIENCE_S)
        self.syslog.bind(("127.0.0.1", 0))
        self.addCleanup(self.syslog.close)
        self.http = outputs.Double()
        self.addCleanup(self.http.stop)

    def conf(self):
        def file(form, **more):
            return {"type": "file", "path": f"{form}.out", "format": form} | more
        return {
            "charset": "ISO-8859-1", "rules": RULES,
            "outputs": {
                "events": file("json", path="events.json"), "text": file("text"),
                "kv": file("kv"), "template": file("template", template="<{ifDescr}>"),
                "log": {"type": "syslog",
                        "address": f"udp:127.0.0.1:{self.syslog.getsockname()[1]}"},
                "web": {"type": "http", "url": self.http.url(), "body": '{"t": {ifDescr|json}}'}}}

    def run_with(self, *sent, conf=None):
        """The daemon after it delivered all of (source, datagram)."""
        d = self.run_daemon(conf or self.conf())
        for source, data in sent:
            d.send(data, source=source)
        d.wait_counters(lambda c: c["delivered"] == len(sent))
        messages_ = [self.syslog.recv(65536).decode() for _ in sent]
        outputs.wait(lambda: len(self.http.requests) == len(sent), "requests")
        d.stop()
        return d, messages_

    def everywhere(self, d, log, text, raw):
        """|text| is what a person reads in all outputs of the only event; |raw| is kept."""
        (event,) = d.events()
        descr = next(v for v in event["varbinds"] if v["oid"] == IF_DESCR)
        self.assertEqual((descr["text"], descr["value"], descr["encoding"]),
                         (text, raw.hex(), "hex"))
        for form in "text", "kv", "template":
            with self.subTest(form):
                self.assertIn(text, (d.state / f"{form}.out").read_text())
        self.assertEqual((d.state / "template.out").read_text(), f"<{text}>\n")
        head, message = log[0].split("] \ufeff", 1)
        self.assertIn(f'="{text}"', head)
        self.assertIn(text, message)
        self.assertEqual([r.json() for r in self.http.requests], [{"t": text}])
        return event

    def test_of_all_devices(self):
        d, log = self.run_with(("127.0.0.1", trap(GERMAN, "latin-1")))
        event = self.everywhere(d, log, GERMAN, GERMAN.encode("latin-1"))
        self.assertEqual(event["tags"], ["german"])

    def test_of_some_devices_by_a_rule(self):
        d, log = self.run_with(("127.0.0.2", trap(CHINESE, "gb18030")))
        event = self.everywhere(d, log, CHINESE, CHINESE.encode("gb18030"))
        self.assertEqual(event["tags"], ["chinese"])
        self.assertEqual(event["message"], f"message {CHINESE}")
        self.assertEqual(event["fields"], {"f": CHINESE})
        self.assertIn(f"message {CHINESE}", log[0])

    def test_of_each_event_its_own(self):
        d, _ = self.run_with(("127.0.0.1", trap(GERMAN, "latin-1")),
                             ("127.0.0.2", trap(CHINESE, "gb18030")),
                             ("127.0.0.1", trap(GERMAN, "utf-8")),
                             ("127.0.0.3", trap(GERMAN, "latin-1")))
        self.assertEqual((d.state / "template.out").read_text().splitlines(),
                         [f"<{GERMAN}>", f"<{CHINESE}>", f"<{GERMAN}>",
                          f"<{GERMAN.encode('latin-1').hex()}>"])

    def test_reload_brings_another(self):
        d = self.run_daemon(self.conf())
        d.send(trap(GERMAN, "latin-1"))
        d.wait_counters(lambda c: c["delivered"] == 1)
        d.configure(self.conf() | {"charset": "ISO-8859-7"})
        self.assertTrue(d.ask("reload")["ok"])
        d.send(trap(GERMAN, "latin-1"))
        d.wait_counters(lambda c: c["delivered"] == 2)
        d.stop()
        self.assertEqual((d.state / "template.out").read_text().splitlines(),
                         [f"<{GERMAN}>", f"<{GERMAN.encode('latin-1').decode('iso8859-7')}>"])


if __name__ == "__main__":
    unittest.main()

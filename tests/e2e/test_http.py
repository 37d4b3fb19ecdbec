"""The output http against servers that check what the products would check, answer with
their errors, go away and come back."""

import json
import shutil
import unittest

import ber
import messages
from outputs import (Certificates, Double, Elasticsearch, OutputCase, Splunk, basic,
                     needs_driver, trap, wait)

RETRY = "retry: {first: 20ms, most: 100ms}"


@needs_driver
class Webhook(OutputCase):
    def test_sends_events_as_lines_compressed(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url('/in')}\nbatch: {{wait: 50ms}}")
        for i in range(5):
            output.send(trap(i))
        self.assertEqual(output.finish()["delivered"], 5)
        self.assertLess(len(double.requests), 5)
        self.assertTrue(all(r.gzip and r.type == "application/x-ndjson" and r.path == "/in"
                            and r.method == "POST" for r in double.requests))
        self.assertEqual([e["uptime"] for r in double.requests for e in r.lines()],
                         list(range(5)))

    def test_json_of_application_json_is_an_array(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\ngzip: false\n"
                             "content_type: application/json\nbatch: {wait: 50ms}")
        for i in range(5):
            output.send(trap(i))
        output.finish()
        self.assertFalse(any(r.gzip for r in double.requests))
        self.assertEqual([e["uptime"] for r in double.requests for e in r.json()],
                         list(range(5)))

    def test_one_event_a_request_is_an_object(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\nbatch: {{events: 1}}")
        output.send(trap(1))
        output.send(trap(2))
        output.finish()
        self.assertEqual([r.json()["uptime"] for r in double.requests], [1, 2])
        self.assertEqual(double.requests[0].type, "application/json")

    def test_a_body_by_template_is_one_request_an_event(self):
        double = self.double()
        output = self.output(f"""
type: http
url: {double.url("/api")}
method: PUT
token: secret-token
headers: {{X-Source: '{{source}}', X-Text: '{{1.3.6.1.2.1.1.1|raw}}', X-None: '{{site}}'}}
body: '{{"up": {{uptime|json}}, "from": {{source|json}}}}'
""")
        text = ber.varbind(messages.SYS_DESCR, ber.octets(b"a\r\nX-Forged: yes"))
        output.send(trap(7, ), source="192.0.2.7")
        output.send(messages.v2c(text, uptime=8), source="192.0.2.8")
        self.assertEqual(output.finish()["delivered"], 2)
        first, second = double.requests
        self.assertEqual(first.json(), {"up": 7, "from": "192.0.2.7"})
        self.assertEqual((first.method, first.type, first.gzip),
                         ("PUT", "application/json", False))
        self.assertEqual(first.headers["Authorization"], "Bearer secret-token")
        self.assertEqual(second.headers["X-Source"], "192.0.2.8")
        self.assertIsNone(second.headers["X-Forged"])
        self.assertIn("X-Forged: yes", second.headers["X-Text"])
        self.assertEqual(second.headers["X-None"], "")

    def test_events_with_other_headers_go_in_another_request(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\nbatch: {{wait: 100ms}}\n"
                             "headers: {X-Source: '{source}'}")
        for source in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
            output.send(trap(1), source=source)
        output.finish()
        for r in double.requests:
            self.assertEqual({e["source"]["address"] for e in r.lines()}
                             if isinstance(r.lines()[0]["source"], dict)
                             else {e["source"].rpartition(":")[0] or e["source"]
                                   for e in r.lines()}, {r.headers["X-Source"]})
        self.assertEqual(sum(len(r.lines()) for r in double.requests), 3)

    def test_basic_authentication(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\nusername: noc\n"
                             "password: 'pass:word'")
        output.send(trap(1))
        output.finish()
        self.assertEqual(double.requests[0].headers["Authorization"], basic("noc", "pass:word"))

    def test_what_a_status_means(self):
        again = (301, 401, 403, 407, 408, 425, 429, 500, 502, 503, 504)
        for status in again:
            with self.subTest(status):
                double = self.double()
                double.plan = [(status, b"no luck\nsecond line\n")] * 2
                output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}")
                output.send(trap(1))
                counters = output.finish()
                self.assertEqual((counters["delivered"], counters["retries"]), (1, 2))
                self.assertIn(f"status {status}", counters["problem"])
                self.assertIn("no luck", counters["problem"])
                self.assertNotIn("second", counters["problem"])
                self.assertEqual(len(double.requests), 3)
        for status in (400, 404, 405, 409, 410, 413, 422):
            with self.subTest(status):
                double = self.double()
                double.plan = [(status, b"bad event\n")]
                output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}\n"
                                     "batch: {events: 1}")
                output.send(trap(1))
                output.send(trap(2))
                counters = output.finish()
                self.assertEqual((counters["delivered"], counters["rejected"],
                                  counters["retries"]), (1, 1, 0))
                self.assertIn(f"status {status}", counters["problem"])

    def test_retry_after_is_kept(self):
        double = self.double()
        double.plan = [(429, b"", {"Retry-After": "1"})]
        output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}")
        output.send(trap(1))
        output.wait(lambda c: c["retries"] == 1)
        self.assertEqual(len(double.requests), 1)
        wait(lambda: len(double.requests) == 2, "the second try")
        self.assertEqual(output.finish()["delivered"], 1)

    def test_one_bad_event_of_many_is_found(self):
        double = self.double()
        taken = []

        def answer(request):
            events = [e["uptime"] for e in request.lines()]
            if 13 in events:
                return 400, b"event 13 is bad"
            taken.extend(events)
            return 200, b""
        double.answer = answer
        output = self.output(f"type: http\nurl: {double.url()}\nbatch: {{wait: 200ms}}\n{RETRY}")
        for i in range(40):
            output.send(trap(i))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (39, 1))
        self.assertEqual(taken, [i for i in range(40) if i != 13])
        self.assertIn("event 13 is bad", counters["problem"])

    def test_without_compression_where_it_is_not_known(self):
        double = self.double()
        double.answer = lambda r: (415, b"no gzip") if r.gzip else (204, b"")
        output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}")
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 0))

    def test_connections_that_break(self):
        double = self.double()
        double.plan = ["close", "half", (200, b"")]
        output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}")
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 2))

    def test_a_server_that_stalls_is_left(self):
        double = self.double()
        double.plan = ["stall"]
        output = self.output(f"type: http\nurl: {double.url()}\ntimeout: 200ms\n{RETRY}")
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 1))
        self.assertIn("timed out", counters["problem"])

    def test_the_end_does_not_wait_for_a_server_that_stalls(self):
        double = self.double()
        double.plan = ["stall"]
        output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}", patience_s=1)
        output.send(trap(1))
        wait(lambda: double.requests, "the request")
        self.assertEqual(output.finish()["given_up"], 1)

    def test_goes_away_and_comes_back(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\n{RETRY}")
        output.send(trap(1))
        output.wait(lambda c: c["delivered"] == 1)
        double.stop()
        output.send(trap(2))
        output.wait(lambda c: c["retries"] >= 2)
        double.start()
        self.assertEqual(output.finish()["delivered"], 2)
        self.assertEqual([e["uptime"] for r in double.requests for e in r.lines()][-1], 2)

    def test_keeps_the_connection_and_passes_proxies_by(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}\nbatch: {{events: 1}}",
                             env={"http_proxy": "http://127.0.0.1:9"})
        for i in range(4):
            output.send(trap(i))
        self.assertEqual(output.finish()["delivered"], 4)
        self.assertEqual(len({r.peer for r in double.requests}), 1)

    def test_events_of_our_own(self):
        double = self.double()
        output = self.output(f"type: http\nurl: {double.url()}")
        output.own("4,213 suppressed")
        output.finish()
        self.assertEqual(double.requests[0].lines()[0]["message"], "4,213 suppressed")


@needs_driver
class Bulk(OutputCase):
    def conf(self, double, more=""):
        return (f"type: http\napi: elasticsearch\nurl: {double.url()}\n"
                f"batch: {{wait: 100ms}}\n{RETRY}\n{more}")

    def test_creates_each_event_once_under_its_id(self):
        double = self.double(Elasticsearch)
        double.plan = ["late"]
        output = self.output(self.conf(double))
        for i in range(20):
            output.send(trap(i))
        self.assertEqual(output.finish()["delivered"], 20)
        self.assertEqual(sorted(d["uptime"] for d in double.documents.values()),
                         list(range(20)))
        self.assertGreater(double.repeats, 0)
        for (index, ident), document in double.documents.items():
            self.assertEqual((index, ident), ("traps", document["id"]))
            self.assertEqual(document["@timestamp"], document["time"])

    def test_looks_at_each_item(self):
        double = self.double(Elasticsearch)
        busy = {3: 2, 9: 1}

        def refuse(document):
            number = document["uptime"]
            if number in (0, 5, 19):
                return 400, "mapper_parsing_exception"
            if busy.get(number, 0) > 0:
                busy[number] -= 1
                return 429, "es_rejected_execution_exception"
            return None
        double.refuse = refuse
        output = self.output(self.conf(double))
        for i in range(20):
            output.send(trap(i))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (17, 3))
        self.assertEqual(sorted(d["uptime"] for d in double.documents.values()),
                         [i for i in range(20) if i not in (0, 5, 19)])
        self.assertEqual(double.repeats, 0, "what was there was not sent again")
        self.assertNotIn("\n", counters["problem"])

    def test_says_why_an_item_is_refused(self):
        double = self.double(Elasticsearch)
        double.refuse = lambda document: (400, "mapper_parsing_exception")
        output = self.output(self.conf(double))
        output.send(trap(1))
        self.assertIn('mapper_parsing_exception: failed to parse "field"',
                      output.finish()["problem"])

    def test_index_by_template(self):
        double = self.double(Elasticsearch)
        output = self.output(self.conf(double, "index: 'Traps-{source}/{kind}'"))
        output.send(trap(1))
        output.own("no source")
        output.finish()
        self.assertEqual({index for index, ident in double.documents},
                         {"traps-192.0.2.1-trap", "traps--suppressed"})

    def test_an_answer_that_is_none_is_no_delivery(self):
        double = self.double(Elasticsearch)
        double.plan = [(200, b"<html>welcome to the hotel</html>"), (200, b'{"items":[]}'),
                       (200, b'{"items":[{"create":{"status":20'), (200, b"")]
        output = self.output(self.conf(double))
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 4))
        self.assertEqual(len(double.documents), 1)

    def test_splits_by_bytes(self):
        double = self.double(Elasticsearch)
        output = self.output(self.conf(double).replace("wait: 100ms", "wait: 100ms, bytes: 2KiB"))
        for i in range(20):
            output.send(trap(i))
        self.assertEqual(output.finish()["delivered"], 20)
        self.assertGreater(len(double.requests), 3)
        self.assertTrue(all(len(r.body) < 4096 for r in double.requests))

    def test_text_is_no_document(self):
        output = self.output("type: http\napi: elasticsearch\nurl: http://127.0.0.1:9\nformat: kv")
        self.assertIn("Elasticsearch takes JSON", output.problem_at_start())


@needs_driver
class Hec(OutputCase):
    def conf(self, double, more="", token="s3cret"):
        return (f"type: http\napi: splunk\nurl: {double.url()}\ntoken: {token}\n"
                f"batch: {{wait: 50ms}}\n{RETRY}\n{more}")

    def test_events_with_time_host_and_index(self):
        double = self.double(Splunk, "s3cret")
        output = self.output(self.conf(double, "index: '{kind}s'"))
        for i in range(5):
            output.send(trap(i), source="192.0.2.5")
        self.assertEqual(output.finish()["delivered"], 5)
        for i, e in enumerate(double.events):
            self.assertEqual((e["host"], e["source"], e["sourcetype"], e["index"]),
                             ("192.0.2.5", "trapline", "trapline", "traps"))
            self.assertEqual(e["event"]["uptime"], i)
            self.assertIsInstance(e["time"], float)

    def test_text_is_a_string(self):
        double = self.double(Splunk, "s3cret")
        output = self.output(self.conf(double, "format: kv"))
        output.send(messages.v2c(ber.varbind(messages.SYS_DESCR, ber.octets(b'a "b" \\ c'))))
        output.own("a message")
        self.assertEqual(output.finish()["delivered"], 2)
        self.assertIn("192.0.2.1", double.events[0]["event"])
        self.assertNotIn("host", double.events[1])

    def test_its_codes(self):
        double = self.double(Splunk, "s3cret")
        double.plan = [(503, {"text": "Server is busy", "code": 9}),
                       (500, {"text": "Internal server error", "code": 8}),
                       (403, {"text": "Token disabled", "code": 1})]
        output = self.output(self.conf(double))
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 3))
        self.assertIn("Token disabled", counters["problem"])

    def test_a_wrong_token_keeps_the_events(self):
        double = self.double(Splunk, "s3cret")
        output = self.output(self.conf(double, token="wrong"))
        output.send(trap(1))
        output.wait(lambda c: c["retries"] > 1 and "Invalid token" in c["problem"])
        double.token = "wrong"
        self.assertEqual(output.finish()["delivered"], 1)

    def test_an_index_that_is_not_there_is_refused_for_its_events_only(self):
        double = self.double(Splunk, "s3cret")
        output = self.output(self.conf(double, "index: 'main{site}'\n").replace(
            "main{site}", "{source}"))
        double.indexes.add("192.0.2.1")
        for source in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
            output.send(trap(1), source=source)
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (2, 1))
        self.assertIn("Incorrect index", counters["problem"])


@needs_driver
@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(OutputCase):
    @classmethod
    def setUpClass(cls):
        cls.made = Certificates()
        cls.addClassCleanup(cls.made.folder.cleanup)

    def conf(self, double, **tls):
        return (f"type: http\nurl: {double.url()}\n{RETRY}\ntls: "
                + json.dumps({"ca": self.made.path("ca.pem"),
                              "server_name": "traps.example.net"} | tls))

    def test_a_server_of_our_ca(self):
        double = self.double(tls=self.made.server())
        output = self.output(self.conf(double))
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)
        self.assertEqual(double.requests[0].headers["Host"], f"127.0.0.1:{double.port}")

    def fails(self, double, conf, why):
        output = self.output(conf, patience_s=0)
        output.send(trap(1))
        output.wait(lambda c: why in c["problem"])
        output.finish()
        self.assertEqual(double.requests, [])

    def test_another_ca_or_name_is_refused(self):
        double = self.double(tls=self.made.server())
        self.fails(double, self.conf(double, ca=self.made.path("other.pem")), "certificate")
        self.fails(double, self.conf(double, server_name="other.example.net"),
                   "other.example.net")

    def test_verification_can_be_off(self):
        double = self.double(tls=self.made.server())
        output = self.output(self.conf(double, ca=self.made.path("other.pem"), verify=False))
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)

    def test_a_certificate_of_our_own(self):
        double = self.double(tls=self.made.server(client=True))
        self.fails(double, self.conf(double), "certificate")
        output = self.output(self.conf(double, cert=self.made.path("client.pem"),
                                       key=self.made.path("client.key")))
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)


if __name__ == "__main__":
    unittest.main()

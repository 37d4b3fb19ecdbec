"""The output http of `trapline run`, against servers that check what the products would
check, answer with their errors, go away and come back."""

import email.utils
import json
import shutil
import tempfile
import time
import unittest

import ber
import messages
from harness import PATIENCE_S
from outputs import (Certificates, OutputCase, Run, basic, needs_driver, settled, trap,
                     wait)
from products import Elasticsearch, Splunk, Tickets

RETRY = "retry: {first: 20ms, most: 100ms}"
SECRET = "s3cret-4711"


def uptimes(double):
    """Of all the events that came, as lines, in order."""
    return [e["uptime"] for r in double.requests for e in r.lines()]


class HttpCase(OutputCase):
    def start(self, double, conf="", path="", **how):
        return self.run_output(f"type: http\nurl: {double.url(path)}\n{RETRY}\n{conf}", **how)


class Webhook(HttpCase):
    def test_sends_events_as_lines_compressed(self):
        double = self.double()
        output = self.start(double, "batch: {wait: 100ms}", path="/in")
        output.send(*map(trap, range(50)))
        self.assertEqual(output.finish()["delivered"], 50)
        self.assertLess(len(double.requests), 50)
        for r in double.requests:
            self.assertTrue(r.gzip)
            self.assertEqual((r.type, r.path, r.method),
                             ("application/x-ndjson", "/in", "POST"))
        self.assertEqual(uptimes(double), list(range(50)))

    def test_json_of_application_json_is_an_array(self):
        double = self.double()
        output = self.start(double, "gzip: false\ncontent_type: application/json\n"
                            "batch: {wait: 50ms}")
        output.send(*map(trap, range(5)))
        output.finish()
        self.assertFalse(any(r.gzip for r in double.requests))
        self.assertEqual([e["uptime"] for r in double.requests for e in r.json()],
                         list(range(5)))

    def test_one_event_a_request_is_an_object(self):
        double = self.double()
        output = self.start(double, "batch: {events: 1}")
        output.send(trap(1), trap(2))
        output.finish()
        self.assertEqual([r.json()["uptime"] for r in double.requests], [1, 2])
        self.assertEqual(double.requests[0].type, "application/json")

    def test_a_body_by_template_is_one_request_an_event(self):
        double = self.double()
        output = self.start(double, f"""
method: PUT
token: {SECRET}
headers: {{X-Source: '{{source}}', X-Text: '{{1.3.6.1.2.1.1.1|raw}}', X-None: '{{site}}'}}
body: '{{"up": {{uptime|json}}, "from": {{source|json}}}}'
""", path="/api", secrets=[SECRET])
        text = ber.varbind(messages.SYS_DESCR, ber.octets(b"a\r\nX-Forged: yes"))
        output.send(trap(7), source="127.0.0.7")
        output.wait(lambda c: c["delivered"] == 1)
        output.send(messages.v2c(text, uptime=8), source="127.0.0.8")
        self.assertEqual(output.finish()["delivered"], 2)
        first, second = double.requests
        self.assertEqual(first.json(), {"up": 7, "from": "127.0.0.7"})
        self.assertEqual((first.method, first.type, first.gzip),
                         ("PUT", "application/json", False))
        self.assertEqual(first.headers["Authorization"], f"Bearer {SECRET}")
        self.assertEqual(second.headers["X-Source"], "127.0.0.8")
        self.assertIsNone(second.headers["X-Forged"])
        self.assertIn("X-Forged: yes", second.headers["X-Text"])
        self.assertEqual(second.headers["X-None"], "")

    def test_events_with_other_headers_go_in_another_request(self):
        double = self.double()
        output = self.start(double, "batch: {wait: 300ms}\nheaders: {X-Source: '{source}'}")
        for source in ("127.0.0.1", "127.0.0.1", "127.0.0.2"):
            output.send(trap(1), source=source)
        output.finish()
        for r in double.requests:
            for e in r.lines():
                self.assertEqual(e["source"]["address"], r.headers["X-Source"])
        self.assertEqual(sum(len(r.lines()) for r in double.requests), 3)

    def test_what_a_status_means(self):
        double = self.double()
        output = self.start(double, "batch: {events: 1}")
        sent = tried = refused = 0
        for status in (301, 302, 307, 308, 401, 402, 403, 404, 405, 407, 408, 410, 421,
                       423, 425, 429, 500, 502, 503, 504):
            double.plan = [(status, b"no luck\nsecond line\n")] * 2
            sent, tried = sent + 1, tried + 2
            output.send(trap(sent))
            counters = output.wait(lambda c: c["delivered"] == sent)
            self.assertEqual((counters["rejected"], counters["retries"]), (0, tried))
            self.assertIn(f"status {status}", counters["problem"])
            self.assertIn("no luck", counters["problem"])
            self.assertNotIn("second", counters["problem"])
        for status in (400, 406, 409, 411, 413, 414, 422, 431):
            double.plan = [(status, b"bad event\n")]
            sent, refused = sent + 2, refused + 1
            output.send(trap(sent - 1), trap(sent))
            counters = output.wait(lambda c: c["delivered"] == sent - refused)
            self.assertEqual((counters["rejected"], counters["retries"]), (refused, tried))
            self.assertIn(f"status {status}", counters["problem"])
        output.finish()
        self.assertEqual(len(double.requests), sent + tried)

    def test_a_service_that_moved_for_a_minute_costs_nothing(self):
        for api in ("", "api: elasticsearch", f"api: splunk\ntoken: {SECRET}"):
            double = self.double()
            double.answer = lambda request: (404, b"page not found")
            output = self.start(double, f"{api}\nbatch: {{wait: 200ms}}")
            output.send(*map(trap, range(40)))
            counters = output.wait(lambda c: c["retries"] > 2)
            self.assertEqual((counters["rejected"], counters["waiting"]), (0, 40))
            self.assertIn("status 404 (is the URL right?): page not found",
                          counters["problem"])
            tried = [len(r.body) for r in double.requests[-2:]]
            self.assertEqual(tried[0], tried[1], "no halves: it is not about an event")
            double.answer = lambda r: (200, {"items": [{"create": {"status": 201}}] * (
                r.body.count(b"\n") // 2)})
            self.assertEqual(output.finish()["delivered"], 40)

    def test_retry_after_is_kept(self):
        for asked in (lambda: "1", lambda: email.utils.formatdate(time.time() + 2.5, usegmt=True)):
            double = self.double()
            double.plan = [(429, b"", {"Retry-After": asked()})]
            output = self.start(double)
            output.send(trap(1))
            self.assertEqual(output.finish()["delivered"], 1)
            first, second = double.requests
            self.assertGreater(second.time - first.time, 0.9)

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
        output = self.start(double, "batch: {wait: 200ms}")
        output.send(*map(trap, range(40)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (39, 1))
        self.assertEqual(taken, [i for i in range(40) if i != 13])
        self.assertIn("event 13 is bad", counters["problem"])

    def test_a_request_that_is_too_large_is_halved(self):
        double = self.double()
        taken = []

        def answer(request):
            if len(request.lines()) > 5:
                return 413, b"<html>Request Entity Too Large</html>"
            taken.extend(e["uptime"] for e in request.lines())
            return 200, b""
        double.answer = answer
        output = self.start(double, "batch: {wait: 200ms}")
        output.send(*map(trap, range(40)))
        self.assertEqual(output.finish()["delivered"], 40)
        self.assertEqual(taken, list(range(40)))

    def test_without_compression_where_it_is_not_known(self):
        double = self.double()
        double.answer = lambda r: (415, b"no gzip") if r.gzip else (204, b"")
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 0))

    def test_connections_that_break(self):
        double = self.double()
        double.plan = ["close", "half", "half chunk", "nonsense", (200, b"")]
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 4))
        self.assertEqual(len({e["id"] for r in double.requests for e in r.lines()}), 1)

    def test_a_header_that_is_too_large_is_told_as_one(self):
        double = self.double()
        double.plan = [(200, b"", {"X-Large": "x" * 200_000})]
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 1))
        self.assertRegex(counters["problem"], "[Hh]eader")

    def test_a_server_that_stalls_is_left(self):
        double = self.double()
        double.plan = ["stall"]
        output = self.start(double, "timeout: 200ms")
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 1))
        self.assertIn("timed out", counters["problem"])

    def test_the_end_does_not_wait_for_a_server_that_stalls(self):
        double = self.double()
        double.plan = ["stall"]
        output = self.start(double)
        output.send(trap(1))
        wait(lambda: double.requests, "the request")
        start = time.monotonic()
        self.assertEqual(output.end()["given_up"], 1)
        self.assertLess(time.monotonic() - start, PATIENCE_S / 2)

    def test_goes_away_and_comes_back(self):
        double = self.double()
        output = self.start(double)
        output.send(*map(trap, range(10)))
        output.wait(lambda c: c["delivered"] == 10)
        double.stop()
        output.send(*map(trap, range(10, 500)))
        c = output.wait(lambda c: c["retries"] >= 2)
        self.assertEqual(c["state"], "retries")
        self.assertEqual(
            output.daemon.metrics()['trapline_output_up{output="it"}'], "0")
        double.start()
        self.assertEqual(output.finish()["delivered"], 500)
        self.assertEqual(uptimes(double), list(range(500)))

    def test_what_was_taken_without_an_answer_comes_again_with_its_id(self):
        double = self.double()
        double.plan = ["late"]
        output = self.start(double)
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)
        first, second = (r.lines()[0] for r in double.requests)
        self.assertEqual(first, second)

    def test_keeps_the_connection_and_passes_proxies_by(self):
        double = self.double()
        output = self.start(double, "batch: {events: 1}",
                            env={"http_proxy": "http://127.0.0.1:9"})
        output.send(*map(trap, range(4)))
        self.assertEqual(output.finish()["delivered"], 4)
        self.assertEqual(len({r.peer for r in double.requests}), 1)

    def test_an_answer_in_two_parts_does_not_wait_for_a_delayed_acknowledgement(self):
        double = self.double()
        output = self.start(double, "batch: {events: 1}")
        output.send(*map(trap, range(60)))
        self.assertEqual(output.finish()["delivered"], 60)
        times = [r.time for r in double.requests]
        gaps = sorted(b - a for a, b in zip(times, times[1:]))
        self.assertLess(gaps[len(gaps) // 4], 0.03)

    def test_a_connection_that_was_closed_meanwhile_costs_nothing(self):
        double = self.double()
        output = self.start(double)
        for i in range(3):
            output.send(trap(i))
            output.wait(lambda c, i=i: c["delivered"] == i + 1)
            double.server.close_all()
        self.assertEqual(output.finish()["retries"], 0)
        self.assertEqual(uptimes(double), [0, 1, 2])

    def test_each_source_stays_in_order_while_the_server_comes_and_goes(self):
        double = self.double()
        double.plan = ["close", (503, b""), "half", (429, b""), "half chunk"]
        output = self.start(double, "queue: {events: 100000, bytes: 256MiB}")
        load = output.daemon.blast("--rate", "3000", "--count", "9000", "--sources", "5")
        for part in (2000, 5000):
            output.daemon.wait_counters(lambda c, n=part: c["received"] >= n)
            double.stop()
            output.wait(lambda c, n=output.counters()["retries"]: c["retries"] > n + 1)
            double.start()
        load.communicate(timeout=PATIENCE_S)
        output.sent = 9000
        self.assertEqual(output.finish()["delivered"], 9000)
        first, sources = {}, {}
        for request in double.requests:
            for event in request.lines():
                if event["id"] not in first:  # comes again where no answer was heard
                    first[event["id"]] = event
                    sources.setdefault(event["source"]["address"], []).append(event["time"])
        self.assertEqual((len(first), len(sources)), (9000, 5))
        for times in sources.values():
            self.assertEqual(times, sorted(times))

    def test_events_of_our_own(self):
        double = self.double()
        output = self.start(double, more={"refused": True})
        output.own()
        output.finish()
        event, = double.requests[0].lines()
        self.assertEqual((event["kind"], event["reason"]), ("refused", "ber-truncated"))

    def test_a_reload_puts_a_url_right(self):
        double, right = self.double(), self.double()
        double.answer = lambda request: (302, b"", {"Location": right.url()})
        output = self.start(double)
        output.send(*map(trap, range(20)))
        output.wait(lambda c: c["retries"] > 1)
        text = output.path.read_text()
        output.path.write_text(text.replace(double.url(), right.url()))
        self.assertEqual(output.daemon.ask("reload")["ok"], True)
        output.send(*map(trap, range(20, 40)))
        wait(lambda: uptimes(right)[-1:] == [39], "the last")
        double.answer = lambda request: (200, b"")  # the old one delivers what it has
        wait(lambda: len(set(uptimes(double) + uptimes(right))) == 40, "all of them")


class Access(HttpCase):
    """Who we are, and that nobody else learns of it."""

    def test_basic_authentication(self):
        double = self.double(Tickets, authorization=basic("noc", "pass:w\u00f6rd"))
        output = self.start(double, "username: noc\npassword: 'pass:w\u00f6rd'\n"
                            "batch: {events: 1}\ngzip: false", path="/api/events",
                            secrets=["pass:w\u00f6rd"])
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)

    def test_a_wrong_token_keeps_the_events_until_it_is_right(self):
        double = self.double(Tickets, authorization="Bearer right")
        output = self.start(double, f"token: {SECRET}\nbatch: {{events: 1}}\ngzip: false",
                            path="/api/events", secrets=[SECRET])
        output.send(*map(trap, range(3)))
        output.wait(lambda c: "status 401 (token" in c["problem"])
        double.authorization = f"Bearer {SECRET}"
        self.assertEqual(output.finish()["delivered"], 3)
        self.assertEqual([t["uptime"] for t in double.tickets], [0, 1, 2])

    def test_redirects_do_not_get_the_token(self):
        other, double = self.double(), self.double()
        for status in (301, 302, 303, 307, 308):
            double.plan.append((status, b"", {"Location": other.url()}))
        output = self.start(double, f"token: {SECRET}", secrets=[SECRET])
        output.send(trap(1))
        self.assertEqual(output.finish()["retries"], 5)
        self.assertEqual(other.requests, [])

    def test_a_server_that_says_it_aloud_is_not_repeated(self):
        credentials = basic("noc", SECRET).split()[1]
        for conf, heard in ((f"token: {SECRET}", f"Bearer {SECRET}"),
                            (f"username: noc\npassword: {SECRET}", f"Basic {credentials}")):
            double = self.double()
            double.plan = [(400, f"{'.' * 140} {heard} {SECRET} is {SECRET}".encode())]
            output = self.start(double, conf, secrets=[SECRET, credentials, SECRET[:6]])
            output.send(trap(1))
            self.assertIn("...", output.finish()["problem"])

    def test_a_token_where_the_template_says(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(SECRET + '"\n')
            file.flush()
            double = self.double()
            output = self.start(double, f"""
token: "@{file.name}"
headers: {{X-API-Key: '{{token}}', X-Other: '{{token|lower}} {{source}}'}}
body: '{{"routing_key": {{token|json}}, "at": {{uptime|json}}}}'
""", path="/hooks/{token}/in", secrets=[SECRET])
            output.send(trap(1))
            self.assertEqual(output.finish()["delivered"], 1)
        request, = double.requests
        self.assertEqual(request.json(), {"routing_key": SECRET + '"', "at": 1})
        self.assertEqual(request.path.replace("%22", '"'), f'/hooks/{SECRET}"/in')
        self.assertEqual(request.headers["X-API-Key"], SECRET + '"')
        self.assertEqual(request.headers["X-Other"], SECRET + '" 127.0.0.1')
        self.assertIsNone(request.headers["Authorization"])

    def test_a_place_for_a_token_needs_one(self):
        output = self.run_broken("type: http\nurl: http://127.0.0.1:9/{token}")
        self.assertIn("'{token}' needs a token", output)

    def run_broken(self, conf):
        output = Run(conf)
        self.addCleanup(output.close)
        return output.problem_at_start()


class Bulk(HttpCase):
    def start(self, double, conf="", batch="wait: 100ms", **how):
        return super().start(double, f"api: elasticsearch\nbatch: {{{batch}}}\n{conf}",
                             **how)

    def test_creates_each_event_once_under_its_id(self):
        double = self.double(Elasticsearch)
        double.plan = ["late"]
        output = self.start(double)
        output.send(*map(trap, range(20)))
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
        output = self.start(double)
        output.send(*map(trap, range(20)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (17, 3))
        self.assertEqual(sorted(d["uptime"] for d in double.documents.values()),
                         [i for i in range(20) if i not in (0, 5, 19)])
        self.assertEqual(double.repeats, 0, "what was there was not sent again")
        self.assertNotIn("\n", counters["problem"])

    def test_an_index_that_is_not_there_is_refused_for_its_events_only(self):
        double = self.double(Elasticsearch)
        double.refuse = lambda document: (404, "index_not_found_exception") if (
            document["uptime"] == 3) else None
        output = self.start(double)
        output.send(*map(trap, range(5)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (4, 1))
        self.assertIn("index_not_found_exception", counters["problem"])

    def test_says_why_an_item_is_refused(self):
        double = self.double(Elasticsearch)
        double.refuse = lambda document: (400, "mapper_parsing_exception")
        output = self.start(double)
        output.send(trap(1))
        self.assertIn('mapper_parsing_exception: failed to parse "field"',
                      output.finish()["problem"])

    def test_its_answers_to_a_whole_request(self):
        double = self.double(Elasticsearch)
        double.plan = [
            double.error(429, "es_rejected_execution_exception", "rejected execution"),
            double.error(429, "circuit_breaking_exception", "[parent] Data too large"),
            double.error(503, "cluster_block_exception", "blocked by: [no master]"),
            (502, b"<html>bad gateway</html>"), (200, b"<html>welcome to the hotel</html>"),
            (200, b'{"items":[]}'), (200, b'{"items":[{"create":{"status":20'), (200, b"")]
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 8))
        self.assertEqual(len(double.documents), 1)

    def test_an_answer_of_more_than_16_mib_is_cut(self):
        double = self.double()
        answer = b'{"items":[{"create":{"status":201}}'  # all that has to be read
        blanks = (16 << 20) - len(answer)
        double.plan = [(200, b" " * (blanks + 1) + answer), (200, b" " * blanks + answer)]
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 1))
        self.assertIn("not one of _bulk", counters["problem"])

    def test_goes_away_in_the_middle_and_comes_back(self):
        double = self.double(Elasticsearch)
        double.plan = ["late", "half", None, None] + 1000 * ["close"]
        output = self.start(double, batch="events: 50")
        output.send(*map(trap, range(300)))
        wait(lambda: len(double.documents) > 50, "some of them")
        double.stop()
        output.wait(lambda c: c["retries"] >= 4)
        double.plan = []
        double.start()
        self.assertEqual(output.finish()["delivered"], 300)
        self.assertEqual(sorted(d["uptime"] for d in double.documents.values()),
                         list(range(300)))

    def test_a_load_is_there_once_while_it_comes_and_goes(self):
        double = self.double(Elasticsearch)
        output = self.start(double, "queue: {events: 100000, bytes: 256MiB}")
        load = output.daemon.blast("--rate", "3000", "--count", "6000", "--sources", "5")
        for part in (1000, 3000):
            output.daemon.wait_counters(lambda c, n=part: c["received"] >= n)
            double.plan = ["late", "half", (503, b""), "late"]
            double.stop()
            output.wait(lambda c, n=output.counters()["retries"]: c["retries"] > n + 1)
            double.start()
        load.communicate(timeout=PATIENCE_S)
        output.sent = 6000
        self.assertEqual(output.finish()["delivered"], 6000)
        self.assertEqual(len(double.documents), 6000)
        self.assertGreater(double.repeats, 0)

    def test_a_request_beyond_its_limit_is_halved(self):
        double = self.double(Elasticsearch, most_bytes=3000)
        output = self.start(double)
        big = ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * 4000))
        output.send(*map(trap, range(10)), messages.v2c(big), *map(trap, range(10, 20)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (20, 1))
        self.assertIn("status 413", counters["problem"])

    def test_data_streams(self):
        double = self.double(Elasticsearch, streams=["logs-"])
        output = self.start(double, "index: logs-snmp.trap-default", more={"refused": True})
        output.send(trap(1))
        output.own()
        self.assertEqual(output.finish()["delivered"], 2)
        self.assertEqual({index for index, _ in double.documents},
                         {"logs-snmp.trap-default"})

    def test_index_by_template(self):
        double = self.double(Elasticsearch)
        output = self.start(double, "index: 'Traps-{source}/{kind}:{ifDescr}'",
                            more={"refused": True})
        def named(text):
            return messages.v2c(ber.varbind("1.3.6.1.2.1.2.2.1.2.3", ber.octets(text)))
        output.send(named(b"Gi0/1"), named('\u00c4"\\ ,#?*<>|+:'.encode()), named(b"x" * 250))
        output.own()
        self.assertEqual(output.finish()["delivered"], 4)
        self.assertEqual({index for index, _ in double.documents}, {
            "traps-127.0.0.1-trap-gi0-1", "traps-127.0.0.1-trap-" + 13 * "-",
            "traps-127.0.0.1-trap-".ljust(255, "x"), "traps-127.0.0.1-refused-"})

    def test_an_api_key(self):
        double = self.double(Elasticsearch, authorization=f"ApiKey {SECRET}")
        output = self.start(double, f"token: {SECRET}\n"
                            "headers: {Authorization: 'ApiKey {token}'}", secrets=[SECRET])
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)

    def test_basic_authentication_that_is_refused(self):
        double = self.double(Elasticsearch, authorization=basic("elastic", "other"))
        output = self.start(double, f"username: elastic\npassword: {SECRET}",
                            secrets=[SECRET, basic("elastic", SECRET).split()[1]])
        output.send(trap(1))
        output.wait(lambda c: "security_exception" in c["problem"])
        double.authorization = basic("elastic", SECRET)
        self.assertEqual(output.finish()["delivered"], 1)

    def test_splits_by_bytes(self):
        double = self.double(Elasticsearch)
        output = self.start(double, batch="wait: 100ms, bytes: 2KiB")
        output.send(*map(trap, range(20)))
        self.assertEqual(output.finish()["delivered"], 20)
        self.assertGreater(len(double.requests), 3)
        self.assertTrue(all(len(r.body) < 2048 for r in double.requests))

    def test_text_is_no_document(self):
        output = Run("type: http\napi: elasticsearch\nurl: http://127.0.0.1:9\nformat: kv")
        self.addCleanup(output.close)
        self.assertIn("Elasticsearch takes JSON", output.problem_at_start())


class Hec(HttpCase):
    def start(self, double, conf="", token=SECRET, batch="wait: 50ms"):
        return super().start(
            double, f"api: splunk\ntoken: {token}\nbatch: {{{batch}}}\n{conf}",
            secrets=[token])

    def test_events_with_time_host_and_index(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, "index: '{kind}s'")
        output.send(*map(trap, range(5)), source="127.0.0.5")
        self.assertEqual(output.finish()["delivered"], 5)
        for i, e in enumerate(double.events):
            self.assertEqual((e["host"], e["source"], e["sourcetype"], e["index"]),
                             ("127.0.0.5", "trapline", "trapline", "traps"))
            self.assertEqual(e["event"]["uptime"], i)
            self.assertLess(abs(e["time"] - time.time()), 60)

    def test_source_and_sourcetype_by_template(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, "source: 'snmp:{source}\"'\n"
                            "sourcetype: 'snmp:{kind}{site}'")
        output.send(trap(1))
        output.finish()
        self.assertEqual([(e["source"], e["sourcetype"]) for e in double.events],
                         [('snmp:127.0.0.1"', "snmp:trap")])

    def test_text_is_a_string(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, "format: kv")
        output.send(messages.v2c(ber.varbind(messages.SYS_DESCR, ber.octets(b'a "b" \\ c'))))
        output.finish()
        self.assertIn("127.0.0.1", double.events[0]["event"])

    @needs_driver
    def test_what_has_no_source_has_no_host(self):
        double = self.double(Splunk, SECRET)
        output = self.output(f"type: http\napi: splunk\nurl: {double.url()}\ntoken: {SECRET}")
        output.own("4,213 suppressed")
        self.assertEqual(output.finish()["delivered"], 1)
        self.assertNotIn("host", double.events[0])
        self.assertEqual(double.events[0]["event"]["message"], "4,213 suppressed")

    def test_its_codes(self):
        double = self.double(Splunk, SECRET)
        codes = [(503, "Server is busy", 9), (500, "Internal server error", 8),
                 (403, "Token disabled", 1), (401, "Token is required", 2),
                 (401, "Invalid authorization", 3), (403, "Invalid token", 4),
                 (503, "Server is shutting down", 23), (429, "Server is busy", 26)]
        double.plan = [(status, {"text": text, "code": code}) for status, text, code in codes]
        output = self.start(double)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, len(codes)))
        self.assertIn("Server is busy", counters["problem"])

    def test_what_another_web_server_says_is_no_success(self):
        double = self.double(Splunk, SECRET)
        double.plan = [(200, b"<html>welcome</html>"), (200, {"text": "odd", "code": 5}),
                       (200, b'{"text":"Success","code"'), (200, b"[]")]
        output = self.start(double)
        output.send(trap(1))
        output.wait(lambda c: "not the Collector's: <html>welcome" in c["problem"]
                    or c["delivered"] == 1)
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (1, 4))
        self.assertEqual(len(double.events), 1)

    def test_of_what_stands_in_for_it_any_object_or_nothing_is_a_success(self):
        double = self.double()
        double.plan = [(200, b""), (204, b""), (200, b"{}\n"), (201, {"ackId": 4, "x": [1]})]
        output = self.start(double, batch="events: 1")
        output.send(*map(trap, range(4)))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["retries"]), (4, 0))

    def test_an_event_that_it_cannot_read_is_refused_by_itself(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, batch="events: 1")
        for sent, (code, text) in enumerate(((5, "No data"), (6, "Invalid data format"),
                                             (12, "Event field is required"),
                                             (13, "Event field cannot be blank")), 1):
            double.plan = [(400, {"text": text, "code": code})]
            output.send(trap(sent), trap(100 + sent))
            said = output.wait(lambda c, n=sent: settled(c) == 2 * n)
            self.assertEqual((said["delivered"], said["rejected"]), (sent, sent))
            self.assertIn(text, said["problem"])
        self.assertEqual(output.finish()["retries"], 0)

    def test_a_token_that_acknowledges_has_its_channel(self):
        double = self.double(Splunk, SECRET, acknowledges=True)
        output = self.start(double, batch="events: 1")
        output.send(trap(1), trap(2))
        self.assertEqual(output.finish()["delivered"], 2)
        self.assertEqual(len(double.channels), 1)

    def test_a_wrong_token_keeps_the_events(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, token="wrong-5678")
        output.send(trap(1))
        c = output.wait(lambda c: c["retries"] > 1 and "Invalid token" in c["problem"])
        self.assertNotIn("5678", c["problem"])
        double.token = "wrong-5678"
        self.assertEqual(output.finish()["delivered"], 1)

    def test_an_index_that_is_not_there_is_refused_for_its_events_only(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double, "index: '{source}'", batch="wait: 200ms")
        double.indexes.add("127.0.0.1")
        for source in ("127.0.0.1", "127.0.0.2", "127.0.0.1"):
            output.send(trap(1), source=source)
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (2, 1))
        self.assertIn("Incorrect index", counters["problem"])

    def test_goes_away_and_comes_back(self):
        double = self.double(Splunk, SECRET)
        output = self.start(double)
        output.send(trap(0))
        output.wait(lambda c: c["delivered"] == 1)
        double.stop()
        output.send(*map(trap, range(1, 200)))
        output.wait(lambda c: c["retries"] >= 2)
        double.start()
        self.assertEqual(output.finish()["delivered"], 200)
        self.assertEqual([e["event"]["uptime"] for e in double.events], list(range(200)))


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(HttpCase):
    @classmethod
    def setUpClass(cls):
        cls.made = Certificates()
        cls.addClassCleanup(cls.made.folder.cleanup)

    def start(self, double, **tls):
        return super().start(double, "tls: " + json.dumps(
            {"ca": self.made.path("ca.pem"), "server_name": "traps.example.net"} | tls))

    def test_a_server_of_our_ca(self):
        double = self.double(tls=self.made.server())
        output = self.start(double)
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)
        self.assertEqual(double.requests[0].headers["Host"], f"127.0.0.1:{double.port}")

    def test_another_ca_or_name_keeps_the_events(self):
        double = self.double(tls=self.made.server())
        for wrong, why in (({"ca": self.made.path("other.pem")}, "certificate"),
                           ({"server_name": "other.example.net"}, "other.example.net")):
            output = self.start(double, **wrong)
            output.send(trap(1))
            output.wait(lambda c, why=why: why in c["problem"] and c["retries"] > 1)
            self.assertEqual(output.end()["given_up"], 1)
        self.assertEqual(double.requests, [])

    def test_verification_can_be_off(self):
        double = self.double(tls=self.made.server())
        output = self.start(double, ca=self.made.path("other.pem"), verify=False)
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)

    def test_a_certificate_of_our_own(self):
        double = self.double(tls=self.made.server(client=True))
        output = self.start(double)
        output.send(trap(1))
        output.wait(lambda c: "certificate" in c["problem"])
        self.assertEqual(output.end()["given_up"], 1)
        output = self.start(double, cert=self.made.path("client.pem"),
                            key=self.made.path("client.key"))
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)

    def test_goes_away_and_comes_back(self):
        double = self.double(tls=self.made.server())
        output = self.start(double)
        output.send(trap(0))
        output.wait(lambda c: c["delivered"] == 1)
        double.stop()
        output.send(*map(trap, range(1, 100)))
        output.wait(lambda c: c["retries"] >= 2)
        double.start()
        self.assertEqual(output.finish()["delivered"], 100)
        self.assertEqual(uptimes(double), list(range(100)))


if __name__ == "__main__":
    unittest.main()

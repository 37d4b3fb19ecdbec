"""A reload that changes an output: what waits for it goes to the one that has its name
now, in order, each once."""

import unittest

import messages
from outputs import Double
from running import Case
from test_run import link

RETRY = {"first": "20ms", "most": "50ms"}
RELOADS, EACH = 20, 50


class Strict(Double):
    """Takes what has the right token at the right path, and says no else."""

    def answer(self, request):
        right = request.headers.get("Authorization") == "Bearer right"
        request.taken = right and request.path == "/in"
        return (200, b"ok\n") if request.taken else (404 if right else 401, b"no\n")

    def taken(self):
        """The uptimes of all events that were taken, in order."""
        with self.lock:
            return [e["uptime"] for r in self.requests if r.taken
                    for e in r.lines()]


class Handover(Case):
    def setUp(self):
        super().setUp()
        self.server = Strict()
        self.addCleanup(self.server.stop)

    def output(self, token, **more):
        return {"outputs": {"hook": {
            "type": "http", "url": self.server.url("/in"), "token": token, "retry": RETRY,
            "timeout": "2s", **more}}}

    def send(self, d, first, count):
        d.send(*(messages.v2c(uptime=i) for i in range(first, first + count)))
        d.wait_counters(lambda c: c["received"] >= first + count)

    def reload(self, d, conf):
        d.configure(conf)
        answer = d.ask("reload")
        self.assertTrue(answer["ok"], answer)

    def test_what_waits_for_a_wrong_token_arrives_with_the_right_one(self):
        d = self.run_daemon(self.output("wrong", batch={"events": 30}))
        self.send(d, 0, 200)
        d.wait_counters(lambda c: c["outputs"]["hook"]["retries"] > 1)
        before = d.counters()["outputs"]["hook"]
        self.reload(d, self.output("right", batch={"events": 70}))
        after = d.counters()["outputs"]["hook"]
        for name in ("offered", "delivered", "retries", "given_up"):
            self.assertGreaterEqual(after[name], before[name])
        self.send(d, 200, 10)
        c = d.wait_counters(lambda c: c["outputs"]["hook"]["waiting"] == 0)
        self.assertEqual(self.server.taken(), list(range(210)))
        hook = c["outputs"]["hook"]
        self.assertEqual((hook["offered"], hook["delivered"]), (210, 210))

    def test_a_file_takes_what_waited_for_a_server(self):
        d = self.run_daemon(self.output("wrong"))
        self.send(d, 0, 100)
        d.wait_counters(lambda c: c["outputs"]["hook"]["retries"] > 1)
        self.reload(d, {"outputs": {"hook": {"type": "file", "path": "events.json"}}})
        d.wait_counters(lambda c: c["outputs"]["hook"]["delivered"] == 100)
        self.assertEqual([e["uptime"] for e in d.events()], list(range(100)))

    def test_a_smaller_queue_drops_by_its_policy_and_counts(self):
        d = self.run_daemon(self.output("wrong", batch={"events": 10, "wait": "10s"}))
        self.send(d, 0, 100)
        d.wait_counters(lambda c: c["outputs"]["hook"]["retries"] > 1)
        self.reload(d, self.output("right", queue={"events": 20,
                                                   "when_full": "drop-oldest"}))
        c = d.wait_counters(lambda c: c["outputs"]["hook"]["waiting"] == 0)
        hook = c["outputs"]["hook"]
        self.assertEqual((hook["delivered"], hook["dropped"]), (30, 70))
        self.assertEqual(self.server.taken(), [*range(10), *range(80, 100)])

    def test_a_reload_that_fails_leaves_the_queue_alone(self):
        d = self.run_daemon(self.output("wrong"))
        self.send(d, 0, 50)
        d.wait_counters(lambda c: c["outputs"]["hook"]["retries"] > 1)
        bad = self.output("right")
        bad["outputs"]["x"] = {"type": "file", "path": "/usr"}
        d.configure(bad)
        self.assertFalse(d.ask("reload")["ok"])
        self.assertEqual(self.server.taken(), [])
        self.reload(d, self.output("right"))
        d.wait_counters(lambda c: c["outputs"]["hook"]["waiting"] == 0)
        self.assertEqual(self.server.taken(), list(range(50)))

    def test_one_reload_after_another_in_the_midst_of_retries(self):
        d = self.run_daemon(self.output("wrong"))
        sent = 0
        for i in range(RELOADS):
            self.send(d, sent, EACH)
            sent += EACH
            token = "right" if i % 3 == 2 else "wrong"
            self.reload(d, self.output(token, batch={"events": 7 + i}))
        self.reload(d, self.output("right"))
        c = d.wait_counters(lambda c: c["outputs"]["hook"]["waiting"] == 0)
        self.assertEqual(self.server.taken(), list(range(sent)))
        hook = c["outputs"]["hook"]
        self.assertEqual((hook["offered"], hook["delivered"]), (sent, sent))


class End(Case):
    def sum_of(self, d, kind):
        return sum(e["count"] for e in d.events() if e["kind"] == kind and "count" in e)

    def test_what_limits_held_back_is_told_at_the_stop(self):
        few = {"match": {"trap": "*"}, "count": 5, "window": "1h", "rearm": 1}
        for limits, why in (({"rate": 1, "burst": 3, "summary": "1h"}, "rate"),
                            ({"rate": 0, "thresholds": {"few": few}}, "threshold")):
            d = self.run_daemon({"limits": limits})
            d.send(*(messages.v2c(uptime=i) for i in range(50)))
            c = d.wait_counters(lambda c: c["received"] == 50)
            held = c["suppressed_by"][why]
            self.assertGreater(held, 0)
            d.stop()
            self.assertEqual(self.sum_of(d, "suppressed"), held)

    def test_alarms_that_are_switched_off_expire_and_do_not_come_back(self):
        d = self.run_daemon()
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        self.assertEqual(len(d.ask("alarms")["alarms"]), 1)
        d.configure({"alarms": {"enabled": False}})
        self.assertTrue(d.ask("reload")["ok"])
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2)
        self.assertEqual([e["alarm"]["state"] for e in d.events()], ["raised", "expired"])
        d.stop()
        d = self.run_daemon({}, folder=str(d.folder))
        self.assertEqual(d.ask("alarms")["alarms"], [])


if __name__ == "__main__":
    unittest.main()

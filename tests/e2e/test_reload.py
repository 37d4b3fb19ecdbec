"""A reload takes a configuration over whole or not at all, and loses and doubles
nothing."""

import os
import signal
import unittest

import messages
from harness import Client, is_response
from running import Case
from test_run import link

RELOADS = int(os.environ.get("RELOADS", "50"))


class Reload(Case):
    def reload(self, d, conf):
        d.configure(conf)
        return d.ask("reload")

    def test_a_wrong_file_changes_nothing_and_is_told(self):
        d = self.run_daemon({"communities": ["secret"]})
        d.path.write_text("lisen: 7\noutputs: {x: {type: nothing}}\n")
        answer = d.ask("reload")
        self.assertFalse(answer["ok"])
        self.assertTrue(any("trapline.yaml:1:1:" in x for x in answer["messages"]), answer)
        d.send(link(3), messages.v2c(community=b"secret"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))
        self.assertEqual(d.metrics()['trapline_reloads_total{result="failed"}'], "1")

    def test_what_cannot_be_done_changes_nothing(self):
        d = self.run_daemon({"communities": ["secret"]})
        for bad in ({"outputs": {"x": {"type": "file", "path": "/usr"}}},
                    {"listen": ["udp:192.0.2.1:0"]},
                    {"metrics": {"listen": "192.0.2.1:1"}}):
            self.assertFalse(self.reload(d, {"communities": ["other"]} | bad)["ok"], bad)
        d.send(messages.v2c(community=b"other"), messages.v2c(community=b"secret"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))

    def test_changes_who_may_send(self):
        d = self.run_daemon({"threads": 2, "communities": ["one"]})
        self.assertTrue(self.reload(d, {"threads": 2, "communities": ["two"]})["ok"])
        d.send(messages.v2c(community=b"one"), messages.v2c(community=b"two"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))

    def test_changes_users_and_keeps_clocks(self):
        user = {"name": "noc", "auth": "SHA-256", "auth_secret": "authpass123"}
        d = self.run_daemon({"users": [user]})

        def message(boots, secret):
            return messages.Sender("noc", b"\x80\0\x1f\x88\x04device", "SHA-256", secret,
                                   boots=boots, time=1000).message()

        d.send(message(3, "authpass123"))
        d.wait_counters(lambda c: c["delivered"] == 1)
        user["auth_secret"] = "otherpass123"
        self.assertTrue(self.reload(d, {"users": [user]})["ok"])
        d.send(message(3, "authpass123"), message(2, "otherpass123"),
               message(3, "otherpass123"))
        c = d.wait_counters(lambda c: c["received"] == 4)
        self.assertEqual(c["delivered"], 2)
        self.assertEqual(c["reasons"], {"usm-wrong-digest": 1, "usm-not-in-time-window": 1})

    def test_changes_rules_and_outputs(self):
        d = self.run_daemon()
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        answer = self.reload(d, {
            "rules": [{"match": {"trap": "IF-MIB::linkUp"}, "drop": True}],
            "outputs": {"other": {"type": "file", "path": "other.json"}}})
        self.assertTrue(answer["ok"], answer)
        d.send(link(3), link(4))
        c = d.wait_counters(lambda c: c["received"] == 3
                            and c["outputs"]["other"]["delivered"] == 1)
        self.assertEqual(c["suppressed_by"]["rule"], 1)
        self.assertEqual((len(d.events()), len(d.events("other.json"))), (1, 1))

    def test_changes_listeners_and_keeps_the_others(self):
        d = self.run_daemon({"threads": 2})
        old = d.ports[0]
        both = ["udp:127.0.0.1:0", "udp:127.0.0.2:0"]
        self.assertTrue(self.reload(d, {"threads": 2, "listen": both})["ok"])
        d.send(link(3), port=old)
        d.wait_counters(lambda c: c["received"] == 1)
        self.assertTrue(self.reload(d, {"threads": 2, "listen": both[1:]})["ok"])
        d.send(link(3), port=old)
        self.assertEqual(d.counters()["received"], 1)

    def test_tells_what_needs_a_restart(self):
        d = self.run_daemon()
        answer = self.reload(d, {"threads": 3})
        self.assertTrue(answer["ok"])
        self.assertTrue(any("'threads'" in x and "restart" in x
                            for x in answer["messages"]), answer)

    def test_states_go_on(self):
        conf = {"dedup": {"enabled": True, "window": "1h"}}
        d = self.run_daemon(conf)
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        self.assertTrue(self.reload(d, conf | {"rules": [
            {"match": {"trap": "IF-MIB::linkUp"}, "set": {"tags": ["x"]}}]})["ok"])
        d.send(link(3))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual(c["suppressed_by"]["repeated"], 1)
        self.assertEqual(len(d.ask("alarms")["alarms"]), 1)

    def test_hangup_reopens_files(self):
        d = self.run_daemon()
        d.send(link(3))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
        (d.state / "events.json").rename(d.state / "moved")
        d.process.send_signal(signal.SIGHUP)
        d.wait_line("configuration reloaded")
        d.wait_counters(lambda c: (d.state / "events.json").exists())
        d.send(link(4))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2)
        self.assertEqual((len(d.events("moved")), len(d.events())), (1, 1))

    def test_many_under_load_lose_and_double_nothing(self):
        """Each changes users, rules, outputs or listeners beside the one that stays."""
        d = self.run_daemon({"threads": 2})
        keep = d.ask("status")
        load = d.blast("--rate", "2000", "--duration", str(max(3, RELOADS // 8)),
                       "--sources", "50")
        for i in range(RELOADS):
            conf = {"threads": 2, "communities": ["public", f"c{i}"],
                    "rules": [{"match": {"trap": "*"}, "set": {"tags": [f"t{i}"]}}]}
            if i % 2:
                conf["listen"] = ["udp:127.0.0.1:0", "udp:127.0.0.2:0"]
            if i % 3 == 0:
                conf["dedup"] = {"enabled": False, "window": "20s"}
            answer = self.reload(d, conf)
            self.assertTrue(answer["ok"], answer)
        out, err = load.communicate()
        self.assertEqual(load.returncode, 0, err)
        sent = int(out.split()[1])
        c = d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] >= sent)
        self.assertEqual((c["received"], c["delivered"], c["lost"]), (sent, sent, 0))
        ids = [e["id"] for e in d.events()]
        self.assertEqual((len(ids), len(set(ids))), (sent, sent))
        self.assertEqual(d.ask("status")["reloads"], keep["reloads"] + RELOADS)

    def test_informs_go_on(self):
        d = self.run_daemon()
        client = Client()
        self.addCleanup(client.close)
        for i in range(1, 20):
            self.assertTrue(self.reload(d, {"communities": ["public", f"c{i}"]})["ok"])
            client.send(link(3, tag=messages.INFORM, request_id=i), ("127.0.0.1", d.ports[0]))
            self.assertTrue(is_response(client.receive()[0], i))


if __name__ == "__main__":
    unittest.main()

"""All that `trapline run` can be asked, at once, under load, from many threads: nothing
hangs, and the sums are right. With the thread sanitizer (tools/run-tsan) also: no races.
SECONDS_AT_ONCE=60: for so long."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import threading
import time
import unittest

from harness import PATIENCE_S, PROGRAM, run
from outputs import Double
from running import Case

SECONDS = float(os.environ.get("SECONDS_AT_ONCE", "3"))


class AtOnce(Case):
    BLASTS = (("--sources", "500", "--rate", "4000"),
              ("-v", "1", "--rate", "500", "--malformed", "5%"),
              ("-v", "3", "--engines", "20", "--rate", "300", "-u",
               "noc,auth=SHA-256:authpass123,priv=AES-128:privpass123"),
              ("--inform", "--rate", "300"))

    def conf(self, i):
        folder = self.folder_name
        (folder / "sites.csv").write_text(f"address,site\n127.0.0.0/8,site{i}\n")
        users = [{"name": "noc", "auth": "SHA-256", "auth_secret": "authpass123",
                  "priv": "AES-128", "priv_secret": "privpass123"}]
        outputs = {
            "events": {"type": "file", "path": "events.json",
                       "rotate": {"size": "2MiB", "keep": 3}},
            "dead": {"type": "http", "url": "http://127.0.0.1:1/", "queue": {"events": 100},
                     "retry": {"first": "1s", "give_up": "2s"}},
            "hook": {"type": "http", "url": self.hook.url("/"), "queue": {"events": 1000}},
            "log": {"type": "syslog", "address": f"udp:127.0.0.1:{self.port}"},
            "program": {"type": "exec", "command": ["/bin/true"], "queue": {"events": 50},
                        "filter": {"severity": ">= critical"}},
            "relay": {"type": "forward", "to": [f"udp:127.0.0.1:{self.port}"]}}
        if i % 2:
            del outputs["relay"]
            outputs["events"]["rotate"]["keep"] = 2
        return {"threads": 4, "users": users, "outputs": outputs, "refused": bool(i % 3),
                "communities": ["public", f"c{i}"],
                "listen": ["udp:127.0.0.1:0"] + ["udp:127.0.0.2:0"] * (i % 2),
                "metrics": {"listen": "127.0.0.1:0", "top_sources": 10 + i % 5},
                "dedup": {"enabled": True, "window": f"{1 + i % 3}s"},
                "flapping": {"enabled": True},
                "limits": {"rate": 100, "burst": 200},
                "alarms": {"entries": 50 + 10 * (i % 7)},
                "reverse_dns": {"enabled": i % 4 > 1},
                "enrichment": {"sites": {"type": "csv", "file": str(folder / "sites.csv"),
                                         "column": "address", "match": "cidr",
                                         "refresh": "1s"}},
                "rules": [{"match": {"trap": "*"}, "set": {"tags": [f"t{i}"]}}] * 5}

    def setUp(self):
        self.folder_name = pathlib.Path(self.folder())
        sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sink.bind(("127.0.0.1", 0))
        self.addCleanup(sink.close)
        self.port = sink.getsockname()[1]
        self.hook = Double()
        self.addCleanup(self.hook.stop)
        self.problems, self.end_s = [], 0

    def repeat(self, what):
        """In a thread of its own, until the time is over."""
        def go():
            count = 0
            try:
                while time.monotonic() < self.end_s:
                    what(count)
                    count += 1
            except Exception as problem:  # pylint: disable=broad-except
                self.problems.append(f"{what.__name__}: {problem!r}")
        thread = threading.Thread(target=go)
        thread.start()
        return thread

    def test_nothing_hangs_and_the_sums_are_right(self):
        d = self.run_daemon(self.conf(0), folder=str(self.folder_name))
        dice = random.Random(3)
        reloads = threading.Lock()

        def status(_):
            self.check_sums(d.ask("status")["counters"])

        def scrape(_):
            d.get()
            d.get("/healthz")

        def clear(_):
            alarms = d.ask("alarms")["alarms"]
            if alarms:
                d.ask("clear " + dice.choice(alarms)["key"])

        def reload(i):
            with reloads:
                d.configure(self.conf(i))
                answer = d.ask("reload")
            if not answer["ok"]:
                raise AssertionError(answer)

        def command(_):
            done = run([PROGRAM, "status", "-s", str(d.state / "control")])
            if done.returncode != 0:
                raise AssertionError(done.stderr)

        def signals(_):
            d.process.send_signal(signal.SIGUSR1)
            with reloads:  # else it may read half a file
                d.process.send_signal(signal.SIGHUP)
                d.ask("reload")
            time.sleep(0.2)

        blasts = [subprocess.Popen(
            [PROGRAM, "blast", "--seconds", "0", "--duration", str(SECONDS), *args,
             f"127.0.0.1:{d.ports[0]}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for args in self.BLASTS]
        self.end_s = time.monotonic() + SECONDS
        threads = [self.repeat(x) for x in (status, scrape, clear, reload, command, signals)]
        for thread in threads:
            thread.join()
        outs = [b.communicate(timeout=PATIENCE_S) for b in blasts]
        self.assertEqual(self.problems, [])
        # informs are not acknowledged while the queue of the dead output is full
        self.assertEqual([b.returncode for b in blasts[:3]], [0, 0, 0], outs)
        sent = sum(int(out.split()[1]) for out, _ in outs[:3])
        c = d.wait_counters(lambda c: c["received"] + c["lost"] >= sent)
        self.check_sums(c)
        self.assertGreater(c["acknowledged"], 0)


if __name__ == "__main__":
    unittest.main()

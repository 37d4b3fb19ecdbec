"""`trapline run` between senders and receivers."""

import pathlib
import tempfile

import harness
import running
import sending


class RelayCase(running.Case):
    def listen(self, *args, **how):
        """`trapline listen`, which ends and is looked at with the test."""
        listener = harness.Listener(*args, **how)
        self.addCleanup(self.end_listener, listener)
        return listener

    def end_listener(self, listener):
        try:
            result = listener.result or listener.stop()
            self.assertEqual(result.status, 0, result.stderr)
            self.assertIsNone(harness.SANITIZER.search(result.stderr), result.stderr)
            self.assertEqual(listener.bad, [])
        finally:
            listener.close()

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def known_engine(self):
        """A folder for a daemon, and the engine ID that it will have in its traps."""
        folder, listener = self.folder(), self.listen("-u", "probe")
        sent = sending.command(self, "send", "-u", "probe", sending.target(listener.address()),
                               "1.3.6.1.6.3.1.1.5.1", state=folder)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        (folder / "trapline").rename(folder / "state")
        return folder, listener.wait_events(1)[0]["security"]["engine_id"]

    def status(self, d, name):
        return next(o for o in d.ask("status")["outputs"] if o["name"] == name)

    def peers(self, d, name):
        return self.status(d, name)["peers"]

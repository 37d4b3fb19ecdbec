"""A full batch is written also when nothing follows it."""

import signal
import unittest

import messages
from harness import Case


class FullBatches(Case):
    def test_are_written_although_nothing_follows(self):
        for count in (64, 128, 192):
            with self.subTest(count=count):
                listener = self.listen()
                listener.process.send_signal(signal.SIGSTOP)
                listener.send(*(messages.v2c(request_id=i) for i in range(count)))
                listener.process.send_signal(signal.SIGCONT)
                listener.wait_events(count)


if __name__ == "__main__":
    unittest.main()

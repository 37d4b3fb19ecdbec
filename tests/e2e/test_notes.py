"""What stderr says of refusals is ours: nothing in it was chosen by a peer."""

import unittest

import messages
from harness import Case

TEXT = b"chosen-by-the-peer"


class Notes(Case):
    def lines(self, *sent, args=()):
        listener = self.listen(*args, refused=False)
        listener.send(*sent)
        listener.stop()
        return [line for line in listener.errors if line.startswith("refused ")]

    def test_say_why_and_repeat_neither_community_nor_user(self):
        stranger = messages.Sender(TEXT.decode(), engine_id=b"\x80\0\0\0\5stranger")
        lines = self.lines(messages.v2c(community=TEXT), stranger.message(),
                           args=("-c", "public", "-u", "noc"))
        self.assertEqual([line.split()[1] for line in lines],
                         ["community-unknown", "usm-unknown-user"])
        for line in lines:
            self.assertNotIn(TEXT.decode(), line)
            self.assertIn("--refused", line)

    def test_are_one_for_a_reason_in_a_while(self):
        lines = self.lines(*[messages.v2c(community=TEXT)] * 500, args=("-c", "public"))
        self.assertEqual(len(lines), 1)


if __name__ == "__main__":
    unittest.main()

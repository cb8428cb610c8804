# SPDX-License-Identifier: Apache-2.0
"""The other end of tests/fault: services report the point they reach and wait here to go on."""

import socket
import threading

LIMIT_S = 60


class CrashControl:
    """Lets everything pass but the one point that is armed, and counts what was reached."""

    def __init__(self, path):
        self.path = str(path)
        self.hits = {}
        self.armed = None
        self.held = None
        self.changed = threading.Condition()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def environment(self):
        return {"HAKKO_CRASH_CONTROL": self.path}

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        name = connection.makefile().readline().split(" ")[0]
        with self.changed:
            self.hits[name] = self.hits.get(name, 0) + 1
            if name == self.armed:
                self.armed, self.held = None, connection
                self.changed.notify_all()
                return
        self._release(connection)

    @staticmethod
    def _release(connection):
        try:
            connection.sendall(b"go\n")
        except OSError:
            pass  # it was killed there
        connection.close()

    def arm(self, name):
        with self.changed:
            self.armed, self.held = name, None

    def wait(self):
        """Until a service stands at the armed point."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.held is not None, LIMIT_S), self.hits

    def was_reached(self):
        """Whether the armed point was reached since it was armed."""
        with self.changed:
            return self.armed is None

    def go(self):
        with self.changed:
            held, self.held = self.held, None
        self._release(held)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

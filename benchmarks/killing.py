"""Whether anything that was acknowledged is lost when processes are killed (SIGKILL) under players that tell."""

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http import HTTPStatus

from django.db import connections

from benchmarks.place import Meter
from benchmarks.telling import Class, Player
from learners.models import PlaySession
from learners.selectors.beats import events_of
from portal.embedded import Cluster, processes

TELLERS = 8
_PATIENCE_S = 30.0
_PAUSE_S = 0.05
_BUSIEST = "SELECT pid FROM pg_stat_activity WHERE usename = 'zhixun_app' ORDER BY query_start DESC LIMIT 1"


class Witness:
    """A player that keeps every acknowledgement. What is not acknowledged it tells again, word for word, as the page does."""

    def __init__(self, player: Player, port: int) -> None:
        self.player, self.port = player, port
        self.acknowledged: dict[int, int] = {}
        self.tries = 0

    def tell_until(self, over: threading.Event) -> None:
        while not over.is_set():
            told = self.player.beat()
            reply = self._acknowledged(json.dumps(told).encode())
            self.acknowledged[told["seq"]] = told["position"]
            self.player.heard(reply)

    def _acknowledged(self, body: bytes) -> dict:
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            self.tries += 1
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with suppress(OSError, http.client.HTTPException):
                link.request("POST", self.player.path, body, {"Cookie": self.player.cookie})
                answer = link.getresponse()
                said = answer.read()
                if answer.status == HTTPStatus.OK:
                    return json.loads(said)
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise RuntimeError(f"{answer.status}: {said[:300]!r} for {body!r}")
            link.close()
            time.sleep(_PAUSE_S)
        raise RuntimeError(f"No answer for {_PATIENCE_S:.0f} s.")

    def lost(self) -> int:
        """Acknowledged beats that the session's tape does not hold where they belong."""
        session = PlaySession.objects.get(pk=self.player.session)
        kept = [event.position for event in events_of(session)]
        return sum(kept[seq - 1 : seq] != [position] for seq, position in self.acknowledged.items())


def kill_and_count(of: Class, meter: Meter, *, pause: float = 1.0) -> dict[str, object]:
    """Kill a web process, a backend of PostgreSQL and all of PostgreSQL, one after the other, under TELLERS players."""
    witnesses = [Witness(player, meter.port) for player in of.players[:TELLERS]]
    over = threading.Event()
    with ThreadPoolExecutor(TELLERS) as pool:
        telling = [pool.submit(witness.tell_until, over) for witness in witnesses]
        try:
            for kill in (_a_web_process(meter.leader), _a_backend(meter.cluster), _postgresql(meter.cluster)):
                time.sleep(pause)
                kill()
                processes.wait_until(meter.cluster.is_up, _PATIENCE_S)
            time.sleep(pause)
        finally:
            over.set()
        for one in telling:
            one.result()
    connections.close_all()
    return {
        "killed": "a web process, a backend of PostgreSQL, PostgreSQL",
        "acknowledged": sum(len(witness.acknowledged) for witness in witnesses),
        "told_again": sum(witness.tries - len(witness.acknowledged) for witness in witnesses),
        "lost": sum(witness.lost() for witness in witnesses),
    }


def _a_web_process(leader: int) -> Callable[[], None]:
    return lambda: os.kill(max(pid for pid in processes.group(leader) if pid != leader), signal.SIGKILL)


def _a_backend(cluster: Cluster) -> Callable[[], None]:
    def kill() -> None:
        with closing(cluster.connect()) as link, closing(link.cursor()) as cursor:
            cursor.execute(_BUSIEST)
            os.kill(cursor.fetchone()[0], signal.SIGKILL)

    return kill


def _postgresql(cluster: Cluster) -> Callable[[], None]:
    def kill() -> None:
        processes.end(processes.all_marked(cluster.mark), signal.SIGKILL)
        processes.wait_until(lambda: not processes.all_marked(cluster.mark), _PATIENCE_S)
        cluster.start()

    return kill

"""The embedded servers and the demo: started, crashed, repaired, refused with one sentence, and gone without a trace."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from portal.embedded import (
    APP,
    OWNER,
    Broker,
    CannotStart,
    Cluster,
    bootstrap,
    broker_url,
    processes,
    supervisor,
)
from portal.embedded.demo import Demo
from portal.embedded.places import SOCKET_NAME_BYTES, var_directory
from portal.embedded.trouble import need_room, sentence_of_log

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cluster(tmp_path):
    cluster = Cluster(tmp_path / "postgres", scratch=True)
    yield cluster
    cluster.stop()


@pytest.fixture
def broker(tmp_path):
    broker = Broker(tmp_path / "redis")
    yield broker
    broker.stop()


def left_running(*servers):
    return [pid for server in servers for pid in processes.all_marked(server.mark)]


def ask(cluster, sql, user="postgres", database="zhixun"):
    with closing(cluster.connect(user=user, database=database)) as link, link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def test_a_new_cluster_has_roles_extensions_and_a_database_that_knows_chinese_letters(cluster):
    assert cluster.start() is True
    assert cluster.start() is False, "a second start finds it running"
    assert ask(cluster, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'zhixun'") == [
        (OWNER,)
    ]
    extensions = {name for (name,) in ask(cluster, "SELECT extname FROM pg_extension")}
    assert {"pg_trgm", "btree_gist", "btree_gin"} <= extensions
    # trigrams of Chinese words exist only when the C library's character type knows the letters
    assert len(ask(cluster, "SELECT show_trgm('焊工培训𠮷')")[0][0]) == 6
    assert ask(cluster, "SHOW server_encoding") == [("UTF8",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(cluster, "CREATE TABLE mine (id int)", user=APP)
    ask(cluster, "CREATE TABLE ours (id int)", user=OWNER)
    cluster.stop()
    assert left_running(cluster) == []
    assert not cluster.is_up()


def test_a_statement_that_fails_leaves_no_number_in_the_log(cluster):
    cluster.start()
    with pytest.raises(psycopg2.DataError, match="11010519491231002X"):
        ask(cluster, "SELECT '11010519491231002X'::int")
    cluster.stop()
    assert "11010519491231002X" not in cluster.log.read_text()


def test_a_killed_server_is_repaired_by_the_next_start_and_has_lost_nothing(tmp_path):
    cluster = Cluster(tmp_path / "postgres")  # not a scratch one, which forgives itself the last half second
    cluster.start()
    ask(cluster, "CREATE TABLE kept AS SELECT 1 AS one", user=OWNER)
    postmaster = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert processes.wait_until(lambda: not cluster.is_up(), 5)
    assert cluster.start() is True
    assert ask(cluster, "SELECT one FROM kept") == [(1,)]
    cluster.stop()


def test_a_pid_file_that_names_somebody_else_is_stale(cluster):
    cluster.start()
    cluster.stop()
    # the number of a living process that is not a server: after a restart of the machine numbers are used again
    (cluster.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.host}\n\n"
    )
    (cluster.host / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    assert cluster.start() is True
    assert cluster.is_up()


def test_an_interrupted_initdb_is_begun_again(cluster):
    half = cluster.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert cluster.is_up()
    assert not half.exists()


def test_data_of_another_major_version_is_refused(cluster):
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 16 and this is PostgreSQL 18"):
        cluster.start()


def test_a_directory_that_is_no_cluster_is_refused(cluster):
    cluster.data.mkdir(parents=True)
    (cluster.data / "holiday.jpg").write_text("x")
    with pytest.raises(CannotStart, match=r"is not a PostgreSQL data directory"):
        cluster.start()


def test_a_long_path_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("a-directory-with-a-long-name/" * 5) / "postgres"
    cluster = Cluster(deep, scratch=True)
    assert cluster.host != deep
    assert cluster.host == Cluster(deep).host, "the same question always has the same answer"
    assert len(os.fsencode(cluster.host / ".s.PGSQL.5432.lock")) <= SOCKET_NAME_BYTES
    try:
        cluster.start()
        assert ask(cluster, "SELECT 1") == [(1,)]
    finally:
        cluster.stop()
        shutil.rmtree(cluster.host, ignore_errors=True)


def test_a_directory_of_somebody_else_is_refused(tmp_path):
    theirs = tmp_path / "redis"
    if os.geteuid() == 0:
        theirs.mkdir()
        os.chown(theirs, 12345, 12345)
    else:
        # who is not root can give nothing away, but finds what is root's
        theirs = Path("/usr")
    with pytest.raises(CannotStart, match=rf"belongs to user {theirs.stat().st_uid}\b"):
        Broker(theirs).start()


def test_the_server_dies_with_the_process_that_started_it(tmp_path):
    script = (
        "import sys, pathlib; from portal.embedded import Cluster, Broker; home = pathlib.Path(sys.argv[1])\n"
    )
    script += "Cluster(home / 'postgres', scratch=True).start(); Broker(home / 'redis').start(); print('up', flush=True)\n"
    script += "sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout.readline() == b"up\n"
        servers = Cluster(tmp_path / "postgres"), Broker(tmp_path / "redis")
        assert all(server.is_up() for server in servers)
        starter.kill()
    assert processes.wait_until(lambda: left_running(*servers) == [], 15)


def test_valkey_starts_once_keeps_nothing_and_is_repaired(broker):
    assert broker.start() is True
    assert broker.start() is False
    link = redis.Redis.from_url(broker.url)
    link.set("word", "train")
    link.close()
    os.kill(processes.all_marked(broker.mark)[0], signal.SIGKILL)
    assert processes.wait_until(lambda: not broker.is_alive(), 5)
    assert broker.start() is True, "the stale socket is no hindrance"
    link = redis.Redis.from_url(broker.url)
    assert link.get("word") is None
    link.close()
    broker.stop()
    assert left_running(broker) == []


def test_a_hung_valkey_is_stopped_all_the_same(broker):
    broker.start()
    os.kill(processes.all_marked(broker.mark)[0], signal.SIGSTOP)
    assert broker.is_alive()
    assert not broker.is_up()
    broker.stop()
    assert left_running(broker) == []


def test_celery_spells_a_socket_in_its_own_way():
    assert broker_url("unix:///a/b.sock?db=0") == "redis+socket:///a/b.sock?virtual_host=0"
    assert broker_url("redis://cache:6379/1") == "redis://cache:6379/1"


def test_a_full_disk_has_one_sentence(tmp_path):
    with pytest.raises(CannotStart, match=r"The disk that holds .* is full: \d+ MB are free"):
        need_room(tmp_path, 2**60)
    said = sentence_of_log(
        "x\nFATAL: could not write: No space left on device\n", "PostgreSQL", tmp_path / "log"
    )
    assert said.startswith(f"The disk that holds {tmp_path} is full")


def test_bootstrap_names_what_is_missing():
    told = bootstrap.what_went_wrong("OSError: [Errno 28] No space left on device", "Not installed")
    assert told.startswith("The disk that holds")
    told = bootstrap.what_went_wrong(
        "WARNING: NewConnectionError('...')\nERROR: No matching", "Not installed"
    )
    assert "no package index can be reached" in told
    told = bootstrap.what_went_wrong("ERROR: No matching distribution found for nothing==1", "Not installed")
    assert "No matching distribution found for nothing==1" in told


def test_each_mode_has_its_own_place(monkeypatch):
    assert var_directory().parent == ROOT / "var"
    assert var_directory().name.startswith("test-")
    monkeypatch.setenv("ZHIXUN_MODE", "demo")
    assert var_directory() == ROOT / "var"


def test_a_port_in_use_is_refused_with_the_name_of_the_variable(monkeypatch, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "portal.embedded.demo"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(taken.getsockname()[1]), "ZHIXUN_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "make demo PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "web", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CannotStart, match="is not a port"):
        Demo()


def test_a_second_demo_in_the_same_place_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHIXUN_VAR", str(tmp_path))
    demo = Demo()
    with demo.alone(), pytest.raises(CannotStart, match="is running already"), Demo().alone():
        pytest.fail("two demos at once")


def test_one_database_url_without_the_other_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/zhixun")
    with pytest.raises(CannotStart, match="go together"):
        Demo()


@pytest.fixture
def watched(tmp_path):
    def make(code):
        child = supervisor.Child(
            name="child", command=[sys.executable, "-c", code], log=tmp_path / "child.log", cwd=tmp_path
        )
        said = []
        made = supervisor.Supervisor(
            children=[child], notes=tmp_path / "run" / "children.json", say=said.append
        )
        made.said = said
        return made

    return make


FAMILY = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('here', flush=True); time.sleep(60)"


def test_stopping_ends_grandchildren_too(watched, tmp_path):
    made = watched(FAMILY)
    made.start()
    leader = made.children[0].process.pid
    assert processes.wait_until(lambda: len(processes.group(leader)) == 2, 10)
    made.stop()
    assert processes.group(leader) == []
    assert not made.notes.exists()


def test_what_a_killed_supervisor_left_is_swept_by_the_next(watched):
    made = watched(FAMILY)
    made.start()
    leader = made.children[0].process.pid
    assert processes.wait_until(lambda: len(processes.group(leader)) == 2, 10)
    supervisor.sweep(made.notes)
    assert processes.group(leader) == []
    made.children[0].process.wait()


def test_sweeping_spares_a_stranger_with_a_number_used_again(tmp_path):
    notes = tmp_path / "children.json"
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    ) as stranger:
        notes.write_text(f'{{"{stranger.pid}": "1"}}')
        supervisor.sweep(notes)
        assert stranger.poll() is None
        stranger.kill()


def test_a_child_that_dies_is_said_and_started_again(watched):
    made = watched("print('no such table', flush=True); raise SystemExit(3)")
    made.start()
    end = time.monotonic() + 15

    def enough():
        if len(made.said) >= 2 or time.monotonic() > end:
            made.wishes.append(signal.SIGTERM)

    made.watch(enough)
    made.stop()
    assert "child ended (exit 3): no such table. It is started again now." in made.said
    assert "child ended (exit 3): no such table. It is started again in 2 s." in made.said


def test_this_run_leaves_no_child_of_its_own_but_its_servers(broker, cluster):
    broker.start()
    cluster.start()
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    assert before
    broker.stop()
    cluster.stop()
    assert left_running(broker, cluster) == []

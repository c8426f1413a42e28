"""python -m portal.embedded start|stop|status: the two servers by themselves, for work at a shell.

`make demo` needs none of this. `start` leaves them running after it returns; ZHIXUN_VAR says where (default `var`).
"""

import sys

from portal.embedded import CannotStart, here


def main(words: list[str]) -> int:
    cluster, broker = here()
    match words:
        case ["start"]:
            for server in (cluster, broker):
                server.start(with_parent=False)
        case ["stop"]:
            for server in (broker, cluster):
                server.stop()
        case ["status"]:
            pass
        case _:
            print(__doc__)  # noqa: T201
            return 2
    for name, server, url in (("PostgreSQL", cluster, cluster.url()), ("Valkey", broker, broker.url)):
        print(f"{name:<11}{'up' if server.is_up() else 'down':<6}{url}")  # noqa: T201
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as trouble:
        sys.exit(str(trouble))

"""How often Python looks for objects that hold each other and nobody else.

By itself it does so after every 700 new objects. A page makes thousands and an import hundreds of thousands, nearly none in
a cycle: in an import, looking cost nearly half of all the time (docs/performance.md).
"""

import gc

NEW_OBJECTS, YOUNG, OLD = 50_000, 20, 20
"""Between two looks at the new objects; looks between two at the young ones; and those between two at all."""


def collect_seldom() -> None:
    """For a process that has loaded the portal: what is there stays, so it is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG, OLD)

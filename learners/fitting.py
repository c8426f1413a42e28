"""What a session cannot know when its time is written: minutes that other learning took, and how full the day is. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from learners import ranges
from learners.counting import DAY, SHANGHAI
from learners.ranges import Ranges
from learners.states import Post

Taken = tuple[list[tuple[int, int]], dict[int, int]]
"""Wall ranges credited before, and ms credited by day."""


def day_of(wall_to: int) -> int:
    """The Shanghai day that a credit belongs to: the one it ends in."""
    return (wall_to - 1 + SHANGHAI) // DAY


def fitted(posts: Iterable[Post], taken_between: Callable[[int, int], Taken], daily_cap: int) -> list[Post]:
    """The posts as they can be written: a minute taken by other learning, or a full day, refuses the rest.

    `taken_between(start, end)`: what was credited on the days from `start` to `end`.
    """
    posts = list(posts)
    credit = [p for p in posts if not p.reason]
    if not credit:
        return posts
    taken, used = taken_between(min(p.wall_from for p in credit), max(p.wall_to for p in credit))
    final = []
    for entry in posts:
        if entry.reason:
            final.append(entry)
            continue
        kept, lost = _beside(entry, taken)
        final += lost
        if kept is None:
            continue
        day = day_of(kept.wall_to)
        kept, lost = _cut(kept, max(0, daily_cap - used[day]), "daily_cap")
        final += lost
        if kept is not None:
            used[day] += kept.credit
            final.append(kept)
    return final


def unseen(posts: Iterable[Post], covered: Ranges) -> list[Post]:
    """The posts, without credit for media that was granted to the lesson in the meantime: that part is a repeat."""
    told = []
    for post in posts:
        fresh = ranges.without(post.media, covered)
        lost = 0 if post.reason else ranges.total(post.media) - ranges.total(fresh)
        kept = max(0, post.credit - lost)
        if not lost:
            told.append(post)
            continue
        if kept:
            told.append(replace(post, media=fresh, credit=kept))
        told.append(replace(post, media=(), credit=post.credit - kept, reason="repeat"))
    return told


def _beside(entry: Post, taken: list[tuple[int, int]]) -> tuple[Post | None, list[Post]]:
    free = ranges.without([(entry.wall_from, entry.wall_to)], taken)
    if free == ((entry.wall_from, entry.wall_to),):
        return entry, []
    if not free:
        return None, [replace(entry, reason="wall_taken")]
    start, end = max(free, key=lambda piece: piece[1] - piece[0])
    kept, lost = _cut(entry, end - start, "wall_taken")
    return (replace(kept, wall_from=start, wall_to=end) if kept else None), lost


def _cut(entry: Post, most: int, reason: str) -> tuple[Post | None, list[Post]]:
    """The first `most` ms of a credit, and the refusal of the rest."""
    if entry.credit <= most:
        return entry, []
    media = ranges.first(entry.media, most)
    rest = ranges.without(entry.media, media)
    lost = replace(entry, media=rest, credit=entry.credit - most, reason=reason)
    return (replace(entry, media=media, credit=most) if most > 0 else None), [lost]

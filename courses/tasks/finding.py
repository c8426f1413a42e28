from celery import shared_task

from courses import services

MOST = 50
"""Revisions per round; the next tick goes on."""


@shared_task(name="courses.tasks.learn_words")
def learn_words() -> int:
    """Teach the search the words of what was published. Gives how many revisions were learnt."""
    done = 0
    while done < MOST and services.learn_next_words():
        done += 1
    return done

from celery import shared_task

from courses import services

MOST = 50
"""Revisions, or chunks of courses, per round; the next tick goes on."""


@shared_task(name="courses.tasks.learn_words")
def learn_words() -> int:
    """Teach the search the words of what was published. Gives how many revisions were learnt."""
    done = 0
    while done < MOST and services.learn_next_words():
        done += 1
    return done


@shared_task(name="courses.tasks.index_renamed_courses")
def index_renamed_courses() -> int:
    """Let the search know the new name of a provider or an occupation. Gives how many courses were indexed anew."""
    done = 0
    for _chunk in range(MOST):
        indexed = services.index_renamed()
        done += indexed
        if not indexed:
            break
    return done

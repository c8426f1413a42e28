import argparse

from django.core.management.base import BaseCommand, CommandError

from learners.books import Difference
from learners.models import CountingEdition, EditionTrial, Enrolment
from learners.replay import replay
from learners.selectors import replays
from learners.services import trials
from learners.states import Post
from portal import clock

NOTE = """What these beats cannot tell under another edition:
- The questions are those that were really asked, with the answers that were really given. Where this edition would
  have asked at another moment nobody answered; such moments are only counted.
- A lesson that this edition would have shut goes on as if a person had opened it at once; such lessons are counted.
- Beats that come too early for this edition are left out; a player under it would have told less often.
- What a learner would have done otherwise (stopped sooner, gone on longer) nobody knows.
- Quizzes, and pages read without a script, stay as they were written."""

EVERY = 100
WHAT = {
    "opening": "the session begins with other numbers than the sessions before it left",
    "beats": "events are missing, or there are too many",
    "event": "an event that the rule would have turned away",
    "lesson": "what counts of the lesson is not what its rows say",
}


class Command(BaseCommand):
    help = (
        "Count a learner's time again from the stored beats and name each difference to the ledger (exit 1)."
        " With --edition: what another edition would have made of the same beats. With --province: of all its learners."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--learner", help="id or handle (L-…); no personal number")
        whose.add_argument("--province", help="code, such as 520000")
        parser.add_argument("--edition", type=int, help="id of a counting edition; a draft, too")
        parser.add_argument("--enrolment", type=int, help="only this enrolment of the learner")
        parser.add_argument(
            "--after", type=int, default=0, help="with --province: go on after this learner's id"
        )

    def handle(self, **options: object) -> None:
        edition = self._edition(options["edition"])
        if options["province"]:
            self._province(options["province"], edition, options["after"])
        else:
            self._learner(options["learner"], edition, options["enrolment"])

    def _edition(self, pk: int | None) -> CountingEdition | None:
        found = CountingEdition.objects.filter(pk=pk).first() if pk else None
        if pk and found is None:
            raise CommandError(f"There is no counting edition {pk}.")
        return found

    def _learner(self, named: str, edition: CountingEdition | None, enrolment: int | None) -> None:
        try:
            user = replays.learner_named(named)
        except replays.UnknownLearner as unknown:
            raise CommandError(str(unknown)) from None
        enrolments = Enrolment.objects.filter(user=user)
        if enrolment:
            enrolments = enrolments.filter(pk=enrolment)
            if not enrolments:
                raise CommandError(f"This learner has no enrolment {enrolment}.")
        keys = set(enrolments.values_list("pk", flat=True))
        stored = replays.stored_of(user.pk)
        found = [one for one in replay(stored).differences if one.key[0] in keys or not enrolment]
        rows = sum(len(one.rows) for one in (*stored.sessions, *stored.outside) if one.key[0] in keys)
        handle = replays.handle_of(user.uid)
        self.stdout.write(f"{handle}: {len(stored.sessions)} sessions, {rows} rows of the ledger")
        for one in found:
            self.stdout.write(_line(one))
        if edition:
            trial = EditionTrial(edition=edition)
            trials.add(trial, replays.tried(user.pk, edition, enrolments, at=clock.now()))
            self._summary(trial)
        if found:
            raise CommandError(f"{len(found)} differences.")
        self.stdout.write("The stored beats give the very rows of the ledger.")

    def _province(self, code: str, edition: CountingEdition | None, after: int) -> None:
        enrolments = Enrolment.objects.filter(province_id=code)
        learners = enrolments.filter(user_id__gt=after).order_by("user_id").values_list("user_id", flat=True)
        trial, unlike = EditionTrial(edition=edition), 0
        for done, user_id in enumerate(learners.distinct().iterator(chunk_size=500), 1):
            if edition:
                one = replays.tried(user_id, edition, enrolments.filter(user_id=user_id), at=clock.now())
                trials.add(trial, one)
                differs = one.unlike
            else:
                differs = bool(replay(replays.stored_of(user_id)).differences)
            unlike += differs
            if differs:
                self.stdout.write(
                    f"learner {user_id}: the ledger differs; see replay_time --learner {user_id}"
                )
            if done % EVERY == 0:
                self.stdout.write(f"{done} learners; to go on after a stop: --after {user_id}")
        if edition:
            self._summary(trial)
        if unlike:
            raise CommandError(f"The ledgers of {unlike} learners differ from their beats.")
        self.stdout.write("The stored beats give the very rows of all ledgers.")

    def _summary(self, trial: EditionTrial) -> None:
        say = self.stdout.write
        say(f"Under edition {trial.edition_id}, {trial.edition.name}:")
        say(f"  {trial.learners} learners, {trial.sessions} sessions, {trial.beats} beats")
        say(
            f"  credited by beats: {_seconds(trial.credited_before_ms)} was, {_seconds(trial.credited_after_ms)} would be"
        )
        say(f"  confirmed: {_seconds(trial.before_ms)} was, {_seconds(trial.after_ms)} would be")
        say(f"  class hours: {trial.hours_before} was, {trial.hours_after} would be")
        for code in sorted({*trial.refused_before, *trial.refused_after}):
            was, would = trial.refused_before.get(code, 0), trial.refused_after.get(code, 0)
            say(f"  refused, {code}: {_seconds(was)} was, {_seconds(would)} would be")
        say(f"  {trial.losers} learners would lose, {trial.gainers} would gain")
        for row in trial.worst:
            say(f"    {row['ref']}: {_seconds(row['before'])} to {_seconds(row['after'])}")
        say(f"  questions that would have come at another moment: {trial.elsewhere}")
        say(f"  lessons that would have been shut: {trial.shut}; beats too early: {trial.early}")
        say(NOTE)


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f} s"


def _line(one: Difference) -> str:
    where = f"enrolment {one.key[0]}, lesson {one.key[1]}, {one.source or 'between sessions'}"
    if one.what:
        return f"{where}: {WHAT[one.what]}"
    return f"{where}:\n  beats  {_row(one.counted)}\n  ledger {_row(one.written)}"


def _row(post: Post | None) -> str:
    if post is None:
        return "no row"
    wall = f"{clock.moment(post.wall_from).isoformat()} to {clock.moment(post.wall_to).isoformat()}"
    return f"{_seconds(post.credit)} {post.reason or 'counted'}, {wall}, media {[list(piece) for piece in post.media]}"

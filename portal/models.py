from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q


class CheckedTogether(models.Model):
    """Whether a row keeps its check constraints is asked in one query; one by one only where it does not keep them all."""

    class Meta:
        abstract = True

    _known_to_hold: Collection[CheckConstraint] = ()

    def get_constraints(self) -> list[tuple[type[models.Model], list[models.BaseConstraint]]]:
        known = {id(row) for row in self._known_to_hold}
        return [
            (model, [row for row in rows if id(row) not in known])
            for model, rows in super().get_constraints()
        ]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        left_out = set(exclude or ())
        together = [
            row
            for row in self._meta.constraints
            if isinstance(row, CheckConstraint)
            and isinstance(row.condition, Q)
            and not row.condition.referenced_base_fields & left_out
        ]
        if together:
            whole = CheckConstraint(condition=Q(*(row.condition for row in together)), name="all_of_them")
            try:
                whole.validate(type(self), self, exclude=self._not_asked_by(whole.condition))
            except ValidationError:
                together = []
        self._known_to_hold = together
        try:
            super().validate_constraints(exclude)
        finally:
            self._known_to_hold = ()

    def _not_asked_by(self, condition: Q) -> set[str]:
        """Columns that the condition does not read, so that they need not be sent with the question."""
        columns, asked = self._meta.local_concrete_fields, condition.referenced_base_fields
        if any(column.generated and column.name in asked for column in columns):
            return set()  # it is reckoned from others
        return {column.name for column in columns} - asked


class Replay(models.Model):
    """The stored answer to a request that carried an Idempotency-Key."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=100)
    body = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="replay_once")]


class CalendarYear(models.Model):
    """A year whose holidays and make-up days were loaded from the State Council's notice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(max_length=200)
    """Number of the notice: 国办发明电〔2025〕7 号."""
    loaded_at = models.DateTimeField()


class CalendarDay(models.Model):
    """A day that differs from the week: a free weekday, or a Saturday or Sunday that is worked (调休)."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    name = models.CharField(max_length=40)

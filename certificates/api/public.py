"""The check that anybody may make, as JSON. Stable: docs/verification.md describes it to employers."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, authentication_classes, parser_classes, permission_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors
from certificates.forms import FileForm
from certificates.paper.proof import Seal
from certificates.spoken import spoken
from portal import clock, limits
from portal.api import Public

_LIMITS = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": _LIMITS,
}


class PublicAnswerOut(serializers.Serializer):
    """The same fields for all states; of an unknown code they are empty or null."""

    state = serializers.ChoiceField(choices=["issued", "revoked", "replaced", "unknown"])
    sentence = serializers.CharField(help_text="The state for people, in the language asked for.")
    checked_at = serializers.SerializerMethodField()
    code = serializers.CharField(help_text="As it was understood: capital letters and digits.")
    well_formed = serializers.BooleanField(
        help_text="False: the code does not fit its own check characters, so it was mistyped."
    )
    serial = serializers.CharField()
    kind = serializers.ChoiceField(choices=["level", "special", "completion", ""])
    kind_name = serializers.CharField()
    holder_masked = serializers.CharField()
    subject = serializers.CharField(help_text="The occupation with its level, or the course.")
    occupation_name = serializers.CharField()
    occupation_code = serializers.CharField()
    occupation_edition = serializers.CharField(help_text="Of the classification that the code is of.")
    level = serializers.IntegerField(allow_null=True, help_text="5 (初级工) to 1 (高级技师).")
    level_name = serializers.CharField()
    course_title = serializers.CharField()
    hours = serializers.CharField(help_text="Counted 学时 of 45 minutes.")
    course_hours = serializers.CharField(help_text="学时 of the standard.")
    started_on = serializers.DateField(allow_null=True)
    completed_on = serializers.DateField(allow_null=True)
    issued_on = serializers.DateField(allow_null=True)
    issuer = serializers.CharField()
    provider = serializers.CharField()
    sample = serializers.BooleanField(help_text="Made by a demo: not a certificate of anybody.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoke_reason = serializers.CharField()
    replaced_at = serializers.DateTimeField(allow_null=True)
    replacement = serializers.CharField(help_text="The serial of the certificate that took its place.")
    replaces = serializers.CharField(help_text="The serial of the certificate whose place it took.")

    def get_checked_at(self, _answer: selectors.PublicAnswer) -> str:
        return clock.now().isoformat()


class FileIn(serializers.Serializer):
    file = serializers.FileField(help_text="A PDF, 2 MB at most.")


class FileAnswerOut(serializers.Serializer):
    seal = serializers.ChoiceField(choices=[(seal.value, seal.value) for seal in Seal])
    sentence = serializers.CharField()
    advice = serializers.CharField()
    signed_by = serializers.CharField(help_text="The name in the certificate of the portal's key.")
    signed_at = serializers.DateTimeField(allow_null=True)
    stamped_at = serializers.DateTimeField(
        source="stamp.at", allow_null=True, help_text="By the word of a time-stamp service (RFC 3161)."
    )
    certificate = PublicAnswerOut(
        source="answer",
        allow_null=True,
        help_text="Of today. Null unless the seal is intact or added.",
    )


_LANG = OpenApiParameter("lang", str, enum=["zh", "en"], description="Language of the sentences.")


def _answered(data: object, turn: limits.Turn, status: int = HTTPStatus.OK) -> Response:
    return Response(data, status=status, headers={**_HEADERS, **turn.headers})


def _too_many(turn: limits.Turn) -> Response:
    said = exceptions.Throttled(wait=turn.seconds)
    data = {"code": said.default_code, "detail": str(said.detail)}
    return _answered(data, turn, HTTPStatus.TOO_MANY_REQUESTS)


class RefusedOut(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema(
    parameters=[_LANG],
    responses={200: PublicAnswerOut, 404: PublicAnswerOut, 429: RefusedOut},
    auth=[],
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([Public])
def check(request: Request, code: str) -> Response:
    """What anybody may know who holds the verification code. An unknown code is a 404 with the same fields."""
    turn = limits.asked(request)
    if turn.refused:
        return _too_many(turn)
    with spoken(request):
        answer = selectors.public_answer(code)
        unknown = answer.state == selectors.UNKNOWN
        data = PublicAnswerOut(answer).data
    return _answered(data, turn, HTTPStatus.NOT_FOUND if unknown else HTTPStatus.OK)


@extend_schema(
    parameters=[_LANG],
    request={"multipart/form-data": FileIn},
    responses={200: FileAnswerOut, 400: RefusedOut, 429: RefusedOut},
    auth=[],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([Public])
@parser_classes([MultiPartParser])
def check_file(request: Request) -> Response:
    """Whether a PDF is a paper of the portal as it was signed, and what holds of the certificate today.

    The file is read in memory and kept nowhere. 400: no file, an empty one, or more than 2 MB.
    """
    turn = limits.sent(request)
    if turn.refused:
        return _too_many(turn)
    with spoken(request):
        form = FileForm.received(request._request)  # noqa: SLF001 - read by the handler that keeps nothing
        if not form.is_valid():
            detail = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return _answered({"code": "bad_file", "detail": detail}, turn, HTTPStatus.BAD_REQUEST)
        data = FileAnswerOut(selectors.file_answer(form.cleaned_data["file"])).data
    return _answered(data, turn)

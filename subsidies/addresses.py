"""What a number of ours may look like in an address; anything else is a page that does not exist."""

from django.urls import register_converter


class PaperNumber:
    """Letters, digits and hyphens: `CL-52-2026-000001`, `ZX-52-2026-0000001`."""

    regex = "[A-Za-z0-9-]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RowNumber(PaperNumber):
    """The id of a row, small enough for the database to hold."""

    regex = "[0-9]{1,18}"


class ProgrammeCode(PaperNumber):
    """The code of a programme: `SKILL`."""

    regex = "[A-Z][A-Z0-9_]{0,19}"


class CasePlace(PaperNumber):
    """The place of a worked case, or `new`."""

    regex = "new|[0-9]{1,4}"


register_converter(PaperNumber, "subsidies_paper")
register_converter(RowNumber, "subsidies_row")
register_converter(ProgrammeCode, "subsidies_programme")
register_converter(CasePlace, "subsidies_case")

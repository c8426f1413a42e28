"""Why a package is refused: a code that is stored, and its sentence in the language of whoever reads it."""

from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken

REFUSALS = {
    "not_a_zip": _("This is not a zip file, or it is damaged. Export the package again."),
    "too_large": _("The file is too large. A package may have at most %(about)s."),
    "too_many_files": _("The package holds too many files. At most %(about)s are taken."),
    "too_large_unpacked": _("Unpacked, the package would be too large. At most %(about)s are taken."),
    "file_too_large": _("One file in the package is too large: %(about)s"),
    "packed_too_tightly": _(
        "A file in the package is packed far more tightly than learning material is: %(about)s"
    ),
    "overlapping": _("The parts of the zip file overlap. Export the package again."),
    "encrypted": _("The package is protected by a password. Export it without one."),
    "method": _("A file is packed in a way that is not taken. Make a plain zip file: %(about)s"),
    "link": _("The package holds a link or a device instead of a file: %(about)s"),
    "path_outside": _("A file name leads out of the package: %(about)s"),
    "backslash": _("A file name holds a backslash. Make the zip file with another program: %(about)s"),
    "bad_name": _("A file name cannot be read or is too long: %(about)s"),
    "twice": _("Two files have the same name, or differ only in capital letters: %(about)s"),
    "type": _("This kind of file is not taken into a package: %(about)s"),
    "no_manifest": _("The package has no imsmanifest.xml. Only SCORM 1.2 and SCORM 2004 packages are taken."),
    "manifest_deeper": _(
        "imsmanifest.xml lies in a folder: %(about)s. Zip the content of the folder, not the folder itself."
    ),
    "manifest_too_large": _("imsmanifest.xml is too large."),
    "manifest_unreadable": _("imsmanifest.xml cannot be read as XML."),
    "manifest_entities": _("imsmanifest.xml declares a document type or entities. Those are not taken."),
    "not_scorm": _("imsmanifest.xml does not say that it is SCORM 1.2 or SCORM 2004."),
    "nothing_to_open": _("imsmanifest.xml names no page to open."),
    "page_elsewhere": _(
        "The package opens a page somewhere else on the net. All pages must be inside: %(about)s"
    ),
    "page_missing": _("imsmanifest.xml names a page that is not in the package: %(about)s"),
    "not_a_page": _("The package opens something that is not a web page: %(about)s"),
    "infected": _("The virus check found something in the package: %(about)s"),
    "not_a_draft": _("The version is no longer a draft, so the package was not taken."),
    "gave_up": _("Unpacking the package did not come to an end, three times. Tell the operator."),
}
"""%(about)s is the name or the figure that the sentence is about."""

LONGEST = 200


class BadPackage(RuleBroken):
    """A package that is not taken. `about` is what its sentence names."""

    def __init__(self, code: str, about: object = "") -> None:
        self.about = str(about)[:LONGEST]
        super().__init__(sentence(code, self.about), code=code)


def sentence(code: str, about: str) -> str:
    return str(REFUSALS[code]) % {"about": about}

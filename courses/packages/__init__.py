"""SCORM packages from elsewhere, as they come: an archive that is not trusted, and the manifest inside it.

`archive` looks at the zip before anything is unpacked, `manifest` reads what it holds, `page` is what a frame is given.
"""

from courses.packages.archive import Entry, look, open_archive
from courses.packages.manifest import Manifest, read_manifest
from courses.packages.refusals import BadPackage, sentence

__all__ = ["BadPackage", "Entry", "Manifest", "look", "open_archive", "read_manifest", "sentence"]

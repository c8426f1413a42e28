"""Many papers as one ZIP that is written while it is sent: never more than one paper in memory."""

import io
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator

from portal.rules import RuleBroken

log = logging.getLogger(__name__)
ERRORS = "errors.txt"


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writes and gives it away again. It cannot be sought, so the ZIP never goes back to mend a header."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.kept += data
        return len(data)

    def taken(self) -> bytes:
        kept, self.kept = bytes(self.kept), bytearray()
        return kept


def zipped(papers: Iterable[tuple[str, Callable[[], bytes]]]) -> Iterator[bytes]:
    """`papers` are (name of the file, what gives its bytes). One that cannot be given becomes a line of `errors.txt`.

    Stored, not packed: a PDF is packed already.
    """
    pipe, failed = _Pipe(), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as pack:
        for name, give in papers:
            try:
                content = give()
            except Exception as trouble:  # noqa: BLE001 - one paper must not end the stream; the file names it
                failed.append(f"{name}\t{_reason(name, trouble)}\r\n")
                continue
            pack.writestr(name, content)
            yield pipe.taken()
        if failed:
            pack.writestr(ERRORS, "".join(failed).encode("utf-8-sig"))
    yield pipe.taken()


def _reason(name: str, trouble: Exception) -> str:
    """Words of unknown errors may hold a person's name, so only their kind is told."""
    log.error("%s is missing in a bundle", name, exc_info=trouble)
    return str(trouble) if isinstance(trouble, RuleBroken) else type(trouble).__name__

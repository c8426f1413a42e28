"""Uploads that must never lie on a disk, not even for a moment: what Django else does with a file of some size."""

from collections.abc import Callable
from functools import wraps

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_protect


class InMemory(MemoryFileUploadHandler):
    """Keeps `most` bytes of a file and one more, by which whoever reads it sees that it is too large."""

    def __init__(self, request: HttpRequest, *, most: int) -> None:
        super().__init__(request)
        self.most = most

    def handle_raw_input(self, *_args: object, **_kwargs: object) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if (room := self.most + 1 - self.file.tell()) > 0:
            self.file.write(raw_data[:room])

    def file_complete(self, file_size: int) -> UploadedFile:
        return super().file_complete(self.file.tell())


def kept_in_memory(most: int) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For a view that takes a file. The form's token is checked as everywhere, once the handler is in place."""

    def keep(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        protected = csrf_protect(view)

        @wraps(view)
        def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            request.upload_handlers = [InMemory(request, most=most)]
            return protected(request, *args, **kwargs)

        kept.csrf_exempt = True
        return kept

    return keep

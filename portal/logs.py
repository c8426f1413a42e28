"""Personal numbers never reach a log: whatever looks like one is masked on its way out."""

import logging
import re

_LONG_NUMBER = re.compile(
    r"(?<![\w.-])(?:\+?86)?(1[3-9]\d)\d{5}(\d{3})(?!\d)|(?<![\w-])(\d{4})\d{8,13}([\dXx]{2,4})(?!\w)"
)


def mask(text: str) -> str:
    return _LONG_NUMBER.sub(lambda m: f"{m[1] or m[3]}****{m[2] or m[4]}", text)


class MaskNumbers(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
        return True

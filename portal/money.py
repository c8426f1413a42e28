"""Money for machines. People read it as `portal.templatetags.zhixun.yuan` writes it."""


def yuan(fen: int) -> str:
    """Integer fen as a decimal string of yuan: 192000 is "1920.00", -5 is "-0.05"."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

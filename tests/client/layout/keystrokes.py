"""What a terminal sends for some keys."""

ALT = "\x1b"
PAGE_UP, PAGE_DOWN, END, F1 = "\x1b[5~", "\x1b[6~", "\x1b[F", "\x1bOP"
ENTER = "\r"

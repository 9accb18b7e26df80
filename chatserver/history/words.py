"""How text is cut into words, for the index, for the lines it does not hold yet, and for marking.

One definition for all three. The index (FTS5 with its `ascii` tokenizer) would cut ASCII the same
way, and takes every other character as part of a word; so ASCII goes to it as it is, and any other
text as our own words with spaces between. Compared without case and without the accents of
Europe's scripts; a Chinese or Japanese character is a word of its own, since nothing parts words
there, and a run of them is found as a phrase.

What is no word character is a fixed list and no category of Python's: the index holds what an older
Python with older tables has cut.
"""

import re
import unicodedata
from typing import Final

_ACCENTS: Final = range(0x0300, 0x0370)
_DROPPED: Final = frozenset({0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F})
_REMEMBERED: Final = 8192

# Beyond ASCII: spaces and punctuation of Latin-1, General and Supplemental Punctuation, CJK ones.
_BETWEEN: Final = (
    r"\x00-/:-@\[-`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"
    r"\u2000-\u206f\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb"
)
_ALONE: Final = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u30fa\u30fc-\u30ff\u3400-\u9fff"
_ALONE_TOO: Final = r"\uf900-\ufaff\U00020000-\U0003ffff"
_WORD: Final = re.compile(f"[{_ALONE}{_ALONE_TOO}]|[^{_BETWEEN}{_ALONE}{_ALONE_TOO}]+")
_ASCII_WORD: Final = re.compile(r"[0-9a-z]+")

Term = tuple[str, ...]  # words that stand next to each other


class _Plain(dict[int, str]):
    """The table for str.translate: characters without case, width and accents, as they turn up."""

    def __missing__(self, point: int) -> str:
        plain = "".join(
            char
            for char in unicodedata.normalize("NFKD", chr(point)).casefold()
            if ord(char) not in _ACCENTS and ord(char) not in _DROPPED
        )
        if len(self) < _REMEMBERED:
            self[point] = plain
        return plain


_plain: Final = _Plain()


def words(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return _WORD.findall(text.translate(_plain))


def indexable(text: str) -> str:
    """Return a text that the `ascii` tokenizer of FTS5 cuts into just these words."""
    return text if text.isascii() else " ".join(words(text))


def holds(text: str, terms: tuple[Term, ...]) -> bool:
    """Whether a text has all these words and phrases."""
    if text.isascii():
        # Most lines end here, at a tenth of the price.
        lower = text.lower()
        if not all(term[0] in lower for term in terms):
            return False
    line = f" {' '.join(words(text))} "
    return all(f" {' '.join(term)} " in line for term in terms)


def spans(text: str, terms: tuple[Term, ...]) -> list[tuple[int, int]]:
    """Return where the found words stand in a text: sorted, apart, as (start, end)."""
    plain: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(text):
        shown = _plain[ord(char)]
        plain.append(shown)
        origins += [place] * len(shown)
    found = list(_WORD.finditer("".join(plain)))
    cut = [match[0] for match in found]
    marked: set[int] = set()
    for term in terms:
        for first in range(len(cut) - len(term) + 1):
            if tuple(cut[first : first + len(term)]) == term:
                marked.update(range(first, first + len(term)))
    places = [(origins[found[n].start()], origins[found[n].end() - 1] + 1) for n in sorted(marked)]
    return _joined(places)


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what overlaps: one character (a ligature) may hold the end of one word and the next."""
    apart: list[tuple[int, int]] = []
    for start, end in places:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart

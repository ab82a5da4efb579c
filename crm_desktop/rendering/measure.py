"""Rough widths of Arial, for writers whose program lays the text out later: Word and Excel."""

from crm_desktop.rendering.tree import Run, Text, plain

_NARROW = frozenset(" \u00a0.,:;/|!'()[]-il\"")
_WIDE = frozenset("ШЩЖЮМФЫжшщюмфыWMm@—№%")


def text_width(text: str, size: float) -> float:
    """Points."""
    em = 0.0
    for letter in text:
        if letter in _NARROW:
            em += 0.29
        elif letter in _WIDE:
            em += 0.82
        else:
            em += 0.68 if letter.isupper() else 0.54
    return em * size


def line_count(text: str, size: float, width: float) -> int:
    """Lines that the text takes in `width` points, breaking at spaces; at least one per paragraph of the text."""
    lines = 0
    for paragraph in text.split("\n"):
        used = 0.0
        lines += 1
        for word in paragraph.split(" "):
            need = text_width(f"{word} ", size)
            if used and used + need > width:
                lines += 1
                used = 0.0
            while need > width > 0:
                lines += 1
                need -= width
            used += need
    return lines


def text_height(text: Text, size: float, width: float, leading: float = 1.22) -> float:
    """Points that the text takes in `width` points; a run may have letters of its own size."""
    runs = (Run(text),) if isinstance(text, str) else text
    if not any(run.size for run in runs):
        return line_count(plain(text), size, width) * size * leading
    return sum(line_count(run.text.removeprefix("\n"), run.size or size, width) * (run.size or size) * leading
               for run in runs)


def fitting_size(text: str, size: float, width: float) -> float:
    """The size at which one line fits `width` points, not below half of `size`."""
    natural = text_width(text, size)
    return size if natural <= width else max(size / 2, size * width / natural)

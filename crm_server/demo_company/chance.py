"""Luck that repeats: every part of the company draws from a stream of its own."""

from random import Random


class Chance(Random):
    """Seeded by a word, so that a change of one part does not shuffle the others."""

    def percent(self, share: int) -> bool:
        """True in `share` of a hundred cases."""
        return self.randrange(100) < share

    def about(self, hundredths: int) -> int:
        """A whole number whose average is `hundredths` / 100."""
        return hundredths // 100 + self.percent(hundredths % 100)

"""Incoming УПД: `tree` reads XML, `paper` what it says, `sums` if it adds up, `matching` what its lines are to us."""

"""`make demo`: the main job on a fresh database, step by step, through the programs' own parts."""

"""The yardstick: what a program without any comfort would do for the same business rows.

The same tables with their constraints and triggers, the same row locks, as many durable commits as there are
commands; one statement for each command. No HTTP, no JSON, no rights, no checks of what was typed, no journal, no
idempotency key, no announcement of changes.
"""

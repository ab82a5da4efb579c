"""The panel is tried on the real server."""

from tests.desktop.live import desk, live_server, settings

__all__ = ["desk", "live_server", "settings"]

"""What the client and the server share: models, enums, permissions, document kinds and workflows as data.

Nothing here knows a database, a web framework or a widget.
"""

VERSION = "0.1.0"
#: The oldest client that this server still answers.
MIN_CLIENT_VERSION = "0.1.0"
#: Where a server listens, and where a client looks for it, when nobody says otherwise.
DEFAULT_PORT = 8765

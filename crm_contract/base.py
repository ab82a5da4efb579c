"""The two model bases: strict towards the server, lenient towards the client.

A request with an unknown property is refused; an answer with one is read without it, so an older
client survives a newer server. `Decimal` travels as a string, times as UTC ISO 8601.
"""


from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    """What the client sends: unknown properties are an error, texts are stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class VersionBody(Request):
    """A command about a record as the sender last saw it."""

    version: int


class Answer(BaseModel):
    """What the server sends: unknown properties are ignored by an older client."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Ref(Answer):
    """A reference with the words to show it: `{"id": 7, "title": "ООО «Ветер»"}`."""

    id: int
    title: str


class Created(Answer):
    """The identifier and version of what a command made or changed."""

    id: int
    version: int = 1

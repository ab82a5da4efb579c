"""What a feature gives to the shell: sections of the rail, pages it can open, commands for the palette.

    FEATURE = Feature("parties", nav=(NavItem(...),), pages={"party": open_party}, commands=(Command(...),))

`crm_desktop/shell/features.py` lists the features; nothing is discovered by magic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.drafts import Drafts
from crm_desktop.kit.navigator import Navigator
from crm_desktop.kit.page import Page
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import Settings
from crm_desktop.kit.shortcuts import ActionSpec, Shortcuts
from crm_desktop.kit.tasks import Tasks


@dataclass(frozen=True, slots=True)
class AppContext:
    """What pages work with. Made by the shell after the log-in; `settings` and `drafts` are the user's own."""

    api: ApiClient
    tasks: Tasks
    session: Session
    settings: Settings
    drafts: Drafts
    navigator: Navigator
    shortcuts: Shortcuts


#: `open(app, entity, id, params)` makes the page of a tab.
PageFactory = Callable[[AppContext, str, int | None, Mapping[str, Any]], Page]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A section of the rail. `entity` is what the navigator opens: `home`, `list:parties`.

    `permission` empty shows it to everybody. Items with a `parent` (the entity of another item) fold below it.
    `at_bottom` puts it under the line («Настройки»).
    """

    title: str
    icon: str
    entity: str
    permission: str = ""
    parent: str = ""
    order: int = 50
    at_bottom: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the palette that works from anywhere: «Новый клиент». `keys` are only shown."""

    title: str
    icon: str
    run: Callable[[AppContext], None]
    permission: str = ""
    keys: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """`pages` maps an entity of the navigator to its factory; `shortcuts` are registered at start.

    `page_permissions` name what a page without a section of its own asks for.
    """

    code: str
    nav: Sequence[NavItem] = ()
    pages: Mapping[str, PageFactory] = field(default_factory=dict)
    commands: Sequence[Command] = ()
    shortcuts: Sequence[ActionSpec] = ()
    page_permissions: Mapping[str, str] = field(default_factory=dict)

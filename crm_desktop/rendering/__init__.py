"""Printed forms and list exports: contract objects in, bytes out. Pure: no Qt, no network."""

from crm_desktop.rendering.render import FORM_TITLES, OUTPUTS, file_name, render

__all__ = ["FORM_TITLES", "OUTPUTS", "file_name", "render"]

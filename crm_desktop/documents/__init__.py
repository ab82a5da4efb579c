"""One editor for every kind of document, drawn from its declaration; print, preview and sending."""

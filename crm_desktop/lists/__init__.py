"""Lists of the client: one page for every declared list."""

"""App-aware plumbing of the client: threads, the API client, errors, session, theme, navigation. No widgets."""

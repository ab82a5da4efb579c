"""The administrator's panel: people and rights, the company, directories, letters, the journal."""

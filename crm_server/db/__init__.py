"""The database: engine, embedded PostgreSQL, migrations."""

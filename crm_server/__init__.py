"""The application server: permissions, journal and business rules over PostgreSQL."""

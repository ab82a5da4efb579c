"""`python -m crm_server` is `crm-server`."""

from crm_server.cli import main

if __name__ == "__main__":
    main()

"""Settings of the server process, read once from CRM_* environment variables."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crm_contract import DEFAULT_PORT


def default_data_dir() -> Path:
    """The folder of the embedded database and files when CRM_DATA_DIR is not given."""
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/okno-crm")  # the database programs run as another user and cannot enter /root
    return platformdirs.user_data_path("okno-crm", appauthor=False)


class Settings(BaseSettings):
    """Everything the operator may set; a value not set here has a working default."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore")

    # Where the data lives: a PostgreSQL 15+ of the company, or (when empty) our own in the data folder.
    database_url: str | None = None
    data_dir: Path = Field(default_factory=default_data_dir)

    # Where the company's midnight is: a name of the IANA database. What is due, late or of today is told by it
    timezone: str = Field(default="Europe/Moscow", pattern=r"^[A-Za-z0-9_+/-]+$")

    # What the server listens on
    host: str = "127.0.0.1"
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535, description="0: any free port")
    workers: int = Field(default=1, ge=1, le=64, description="HTTP processes")
    trusted_proxies: str = Field(default="", description="addresses whose X-Forwarded-For is believed, comma separated")
    tls_cert: Path | None = None
    tls_key: Path | None = None

    # Database connections of one process
    pool_size: int = Field(default=8, ge=1, le=100)

    # Background jobs
    job_concurrency: int = Field(default=4, ge=1, le=64, description="jobs that one worker process runs at a time")

    # Mail
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_timeout_s: int = Field(default=30, ge=1, le=300)

    # Logs
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"часовой пояс «{name}» неизвестен; пример: Asia/Yekaterinburg") from error
        return name


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()

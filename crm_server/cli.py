"""`crm-server`: the commands of the operator. Results go to standard output, logs and errors to standard error."""

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from getpass import getpass
from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from pydantic import ValidationError

from crm_server.config import Settings, get_settings
from crm_server.logs import configure_logs


class Exit(IntEnum):
    """Exit codes; 2 is a wrong command line."""

    FAILED = 1
    USAGE = 2
    NO_DATABASE = 3
    PORT_BUSY = 4
    DATA_DIR_IN_USE = 5


cli = typer.Typer(help="Сервер Окно CRM. Настройки: переменные среды CRM_*.", no_args_is_help=True,
                  add_completion=False, pretty_exceptions_enable=False)

DataDir = Annotated[Path | None, typer.Option(help="Папка данных: встроенная база и файлы (CRM_DATA_DIR)")]


def fail(message: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Tell the operator and end."""
    typer.echo(f"Ошибка: {message}", err=True)
    raise typer.Exit(code)


def settings_with(**options: object) -> Settings:
    """The settings, where an option of the command line wins; children of this process see the same."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"CRM_{name.upper()}"] = str(value)
    get_settings.cache_clear()
    try:
        settings = get_settings()
    except ValidationError as error:
        names = ", ".join(f"CRM_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        fail(f"неверная настройка {names}", Exit.USAGE)
    configure_logs(settings.log_level, settings.log_format)
    return settings


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Address of the database: the company's own, or the embedded one, which runs as long as the block."""
    from crm_server.db.embedded import EmbeddedPostgres
    from crm_server.db.keeper import kept_running
    from crm_server.db.programs import EmbeddedPostgresError

    if settings.database_url:
        if not settings.database_url.startswith(("postgresql://", "postgres://")):
            fail("CRM_DATABASE_URL должен начинаться с postgresql://", Exit.USAGE)  # not repeated: it holds a password
        try:
            psycopg.connect(settings.database_url, connect_timeout=10).close()
        except psycopg.Error as error:
            fail(f"база данных недоступна: {_first_line(error)}", Exit.NO_DATABASE)
        yield settings.database_url
        return
    postgres = EmbeddedPostgres(settings.data_dir)
    try:
        postgres.start()
    except EmbeddedPostgresError as error:
        fail(f"встроенная база в папке {settings.data_dir} не запустилась: {error}", Exit.NO_DATABASE)
    except OSError as error:
        fail(f"папка данных {settings.data_dir} недоступна: {error.strerror}", Exit.NO_DATABASE)
    try:
        with kept_running(postgres):
            yield postgres.url
    finally:
        postgres.stop()


@contextmanager
def migrated(settings: Settings) -> Iterator[str]:
    """Address of the database, brought to the schema of this program."""
    from sqlalchemy.exc import DBAPIError

    from crm_server.db.migrate import migrate as upgrade

    with database(settings) as url:
        try:
            upgrade(url)
        except DBAPIError as error:
            fail(f"база не обновилась, она осталась прежней: {_first_line(error.orig or error)}")
        yield url


def migrate_apart(url: str) -> None:
    """Migrates in a process of its own, which says itself what went wrong: the memory of it is given back."""
    done = subprocess.run([sys.executable, "-m", "crm_server", "migrate"], stdout=subprocess.DEVNULL,
                          env=os.environ | {"CRM_DATABASE_URL": url}, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


@cli.command()
def run(host: Annotated[str | None, typer.Option(help="Адрес, на котором слушать")] = None,
        port: Annotated[int | None, typer.Option(min=0, max=65535, help="Порт; 0 — любой свободный")] = None,
        data_dir: DataDir = None,
        workers: Annotated[int | None, typer.Option(min=1, max=64, help="Число процессов HTTP")] = None) -> None:
    """Запустить сервер: базу (если встроенная), процессы HTTP и очередь заданий."""
    from crm_server.db.file_lock import FileLock
    from crm_server.serving import PortBusy, bind, serve, url_of

    settings = settings_with(host=host, port=port, data_dir=data_dir, workers=workers)
    try:
        listening = bind(settings.host, settings.port)
    except PortBusy as error:
        fail(f"не удаётся слушать {settings.host}:{settings.port}: {error}. Выберите другой порт (--port)"
             " или остановите программу, которая его занимает.", Exit.PORT_BUSY)
    address = url_of(listening, tls=settings.tls_cert is not None)
    with listening, database(settings) as url:
        migrate_apart(url)
        lock = FileLock(settings.data_dir / "server.lock")
        if not settings.database_url and not lock.try_acquire():
            fail(f"в папке данных {settings.data_dir} уже работает другой сервер.", Exit.DATA_DIR_IN_USE)
        os.environ["CRM_DATABASE_URL"] = url  # for the children
        try:
            served = serve(listening, url, workers=settings.workers, tls_cert=settings.tls_cert,
                           tls_key=settings.tls_key, trusted_proxies=settings.trusted_proxies,
                           on_ready=lambda: print(f"listening on {address}", flush=True))
        finally:
            lock.release()
    if not served:
        fail("сервер не смог начать работу, причина в сообщениях выше.")


@cli.command()
def migrate(data_dir: DataDir = None) -> None:
    """Привести базу к схеме этой версии программы."""
    with migrated(settings_with(data_dir=data_dir)):
        typer.echo("База обновлена.")


@cli.command("create-admin")
def create_admin(login: Annotated[str, typer.Option(help="Логин: латинские буквы, цифры, . _ @ -")],
                 name: Annotated[str, typer.Option(help="Фамилия и имя")] = "Администратор",
                 data_dir: DataDir = None) -> None:
    """Завести администратора. Пароль читается из стандартного ввода."""
    from crm_server.first_admin import create

    settings = settings_with(data_dir=data_dir)
    password = read_password()
    with migrated(settings) as url, refusals():
        create(url, login, name, password)
    typer.echo(f"Администратор {login} создан.")


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal of the server's own rules, in words."""
    from crm_server.kit.errors import Refusal, from_database

    try:
        try:
            yield
        except psycopg.Error as error:
            raise from_database(error) or error from error
    except Refusal as refusal:
        fail(" ".join([refusal.message, *refusal.field_errors.values()]))
    except ValidationError as error:
        fail("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()), Exit.USAGE)


@cli.command()
def worker(data_dir: DataDir = None) -> None:
    """Выполнять задания очереди (отдельно от `run`, на любой машине рядом с базой)."""
    from crm_server.worker import end_with_parent, work

    settings = settings_with(data_dir=data_dir)
    end_with_parent()
    with database(settings) as url:
        work(url, settings.job_concurrency)


@cli.command()
def check(data_dir: DataDir = None) -> None:
    """Сверить остатки, резервы, суммы документов, нумерацию и печати журнала."""
    from crm_server.audit.sealing import head_file, load_head
    from crm_server.check import check as compare
    from crm_server.check import summary
    from crm_server.kit.sql import Sql

    settings = settings_with(data_dir=data_dir)
    with database(settings) as url, psycopg.connect(url, options="-c timezone=UTC -c jit=off") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        sql = Sql(connection)
        try:
            head = load_head(head_file(sql, settings.data_dir))
        except ValueError as error:
            fail(f"{error}: файл с концом цепочки печатей повреждён.")
        differences = compare(sql, head)
        if not differences:
            typer.echo(summary(sql, head))
            return
    for difference in differences:
        typer.echo(str(difference))
    raise typer.Exit(Exit.FAILED)


@cli.command()
def openapi() -> None:
    """Вывести описание API (OpenAPI, JSON)."""
    from crm_server.api_description import describe

    typer.echo(json.dumps(describe(), ensure_ascii=False, indent=2))


def read_password() -> str:
    """From the keyboard unseen, or the first line of standard input; an empty one ends the program."""
    password = getpass("Пароль: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        fail("пароль пуст: передайте его в стандартный ввод.", Exit.USAGE)
    return password


@cli.command("demo-data")
def demo_data(data_dir: DataDir = None) -> None:
    """Завести показательную компанию с полугодом работы. Пароль её пользователей читается из стандартного ввода."""
    from crm_server.audit.sealing import seal_whole
    from crm_server.db.pool import open_pool
    from crm_server.demo_company.load import SHOWN, load

    settings = settings_with(data_dir=data_dir)
    password = read_password()
    with migrated(settings) as url, open_pool(url) as pool, refusals():
        made = load(pool, password)
        seal_whole(pool, settings.data_dir)
    typer.echo("Компания «Климат-Окно» заведена." if made else "Компания «Климат-Окно» уже есть, пароль обновлён.")
    for person in SHOWN:
        typer.echo(f"  {person.login:<12}{person.name}, {person.position} ({person.branch})")


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="Файл, которого ещё нет")], data_dir: DataDir = None) -> None:
    """Сохранить резервную копию базы в файл (сервер при этом может работать)."""
    from crm_server.backup import BackupError
    from crm_server.backup import backup as dump

    with database(settings_with(data_dir=data_dir)) as url:
        try:
            size = dump(url, file)
        except BackupError as error:
            fail(str(error))
    typer.echo(f"Резервная копия {file}: {size} байт.")


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="Файл резервной копии", exists=True, dir_okay=False)],
            force: Annotated[bool, typer.Option("--force", help="Заменить данные, которые уже есть в базе")] = False,
            data_dir: DataDir = None) -> None:
    """Восстановить базу из резервной копии. Сервер должен быть остановлен."""
    from crm_server import backup as copies

    settings = settings_with(data_dir=data_dir)
    with database(settings) as url:
        try:
            kept = copies.replace(url, file, settings.data_dir, force=force)
        except copies.BackupError as error:
            fail(str(error))
    if kept is not None:
        typer.echo(f"Прежние данные сохранены в {kept}.")
    typer.echo("База восстановлена.")


def main() -> None:
    """Entry point of `crm-server`."""
    multiprocessing.freeze_support()  # a packed program starts its HTTP processes through itself
    try:
        cli()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        typer.echo("Ошибка: база от другой версии программы: выполните crm-server migrate.", err=True)
        sys.exit(Exit.NO_DATABASE)
    except psycopg.OperationalError as error:  # it went away in the middle
        typer.echo(f"Ошибка: база данных недоступна: {_first_line(error)}", err=True)
        sys.exit(Exit.NO_DATABASE)


def _first_line(error: BaseException) -> str:
    """The reason without hints and without the row that PostgreSQL repeats."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)

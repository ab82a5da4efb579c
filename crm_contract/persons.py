"""How people are named in short."""

NBSP = "\u00a0"


def short_name(full_name: str, initials: int = 2) -> str:
    """«Иванов Иван Иванович» → «Иванов И. И.»; «Мамедов Али Гусейн оглы» → «Мамедов А. Г. оглы».

    With one initial: «Иванов И.».
    """
    parts = full_name.split()
    if len(parts) < 2:
        return full_name.strip()
    rest = [part if part.lower() in ("оглы", "кызы") or part.endswith(".") else f"{part[0]}." for part in parts[1:]]
    return NBSP.join([parts[0], *(rest[:1] if initials == 1 else rest)])

"""The rights of a role as rows of a matrix, and what a click in a cell does to them. Pure: no Qt."""

from collections.abc import Collection, Mapping, Sequence

from crm_contract.permission_matrix import DOMAIN_TITLES, EDIT, VIEW, Right, RightsObject
from crm_contract.permissions import SCOPE_TITLES, Scope
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.check_matrix import Cell, Check, MatrixColumn, MatrixRow

Grants = Mapping[str, int]

ACTIONS, SCOPE = "actions", "scope"
COLUMNS = (
    MatrixColumn(VIEW, tr("Смотреть"), 76), MatrixColumn(EDIT, tr("Изменять"), 76),
    MatrixColumn(ACTIONS, tr("Действия"), 76), MatrixColumn(SCOPE, tr("Область"), 124),
)
#: What a newly given right reaches.
FIRST_SCOPE = Scope.BRANCH


def matrix_rows(objects: Sequence[RightsObject], grants: Grants, saved: Grants, folded: Collection[str],
                unfolded: Collection[str]) -> list[MatrixRow]:
    """`folded` groups hide their objects, `unfolded` objects show their rights one by one."""
    rows: list[MatrixRow] = []
    group = ""
    for found in objects:
        if found.group != group:
            group = found.group
            rows.append(MatrixRow(f"group:{group}", DOMAIN_TITLES[group], heading=True, folded=group in folded))
        if group in folded:
            continue
        opened = found.code in unfolded
        rows.append(MatrixRow(found.code, found.title, folded=not opened, cells=_object_cells(found, grants, saved)))
        if opened:
            rows += [MatrixRow(f"{found.code}/{right.code}", right.title, level=2,
                               cells=_right_cells(right, grants, saved)) for right in found.rights]
    return rows


def toggled(found: RightsObject, column: str, grants: Grants) -> dict[str, int]:
    """A click on an object: a right of edit or action brings the right to look, without it none is left."""
    rights = found.actions if column == ACTIONS else [right for right in [found.right(column)] if right is not None]
    return _switched(found, rights, grants)


def toggled_right(found: RightsObject, right: Right, grants: Grants) -> dict[str, int]:
    return _switched(found, [right], grants)


def with_scope(rights: Sequence[Right], scope: Scope, grants: Grants) -> dict[str, int]:
    """The scope of the rights that are given."""
    return dict(grants) | {right.code: int(scope) for right in rights if right.scoped and right.code in grants}


def changes(objects: Sequence[RightsObject], grants: Grants, saved: Grants) -> list[tuple[RightsObject, Right]]:
    """The rights that differ from what is saved."""
    return [(found, right) for found in objects for right in found.rights
            if grants.get(right.code) != saved.get(right.code)]


def visible(objects: Sequence[RightsObject], grants: Grants) -> tuple[list[str], list[str]]:
    """Titles of what these rights show, and of what they hide."""
    seen = [found.title for found in objects if any(right.code in grants for right in found.rights)]
    return seen, [found.title for found in objects if found.title not in seen]


def joined(roles: Sequence[Grants]) -> dict[str, int]:
    """Several roles of one person: each right with its widest scope."""
    result: dict[str, int] = {}
    for grants in roles:
        for code, scope in grants.items():
            result[code] = max(scope, result.get(code, 0))
    return result


def _switched(found: RightsObject, rights: Sequence[Right], grants: Grants) -> dict[str, int]:
    result = dict(grants)
    if all(right.code in grants for right in rights):
        look = found.right(VIEW)
        gone = found.rights if look in rights else rights
        for right in gone:
            result.pop(right.code, None)
        return result
    scope = _scope_of(found, grants) or FIRST_SCOPE
    look = found.right(VIEW)
    for right in (*rights, *([look] if look is not None else ())):
        result.setdefault(right.code, int(scope if right.scoped else Scope.ALL))
    return result


def _scope_of(found: RightsObject, grants: Grants) -> Scope | None:
    """The one scope of an object's rights; None where there is none or they differ."""
    scopes = {grants[right.code] for right in found.rights if right.scoped and right.code in grants}
    return Scope(scopes.pop()) if len(scopes) == 1 else None


def _object_cells(found: RightsObject, grants: Grants, saved: Grants) -> dict[str, Cell]:
    cells = {verb: _cell([right], grants, saved) for verb in (VIEW, EDIT) if (right := found.right(verb)) is not None}
    if found.actions:
        cells[ACTIONS] = _cell(found.actions, grants, saved)
    given = [right for right in found.rights if right.code in grants]
    if not given:
        cells[SCOPE] = Cell(note=tr("нет доступа"))
    elif not any(right.scoped for right in given):
        cells[SCOPE] = Cell(note=tr("вся компания"))
    else:
        scope = _scope_of(found, grants)
        changed = any(right.code in saved and grants[right.code] != saved[right.code] for right in given)
        cells[SCOPE] = Cell(text=SCOPE_TITLES[scope] if scope else tr("разная"), changed=changed)
    return cells


def _right_cells(right: Right, grants: Grants, saved: Grants) -> dict[str, Cell]:
    column = right.verb if right.verb in (VIEW, EDIT) else ACTIONS
    cells = {column: _cell([right], grants, saved)}
    if right.code in grants and right.scoped:
        changed = right.code in saved and grants[right.code] != saved[right.code]
        cells[SCOPE] = Cell(text=SCOPE_TITLES[Scope(grants[right.code])], changed=changed)
    else:
        cells[SCOPE] = Cell(note=tr("вся компания") if right.code in grants else tr("нет"))
    return cells


def _cell(rights: Sequence[Right], grants: Grants, saved: Grants) -> Cell:
    given = sum(right.code in grants for right in rights)
    check = Check.OFF if not given else Check.ON if given == len(rights) else Check.PART
    return Cell(check, changed=any((right.code in grants) != (right.code in saved) for right in rights))

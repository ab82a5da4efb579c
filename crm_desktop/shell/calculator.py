"""`=2*350` in the palette: the four operations, brackets, percent; Decimal throughout, nothing is executed."""

import ast
import operator
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

_OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}
MAX_LENGTH = 200


def calculate(text: str) -> Decimal:
    """Raises ValueError for what is no sum («2*», letters, a division by zero)."""
    source = _normal(text)
    if not source or len(source) > MAX_LENGTH:
        raise ValueError(text)
    try:
        tree = ast.parse(source, mode="eval")
        with localcontext() as context:
            context.prec = 28
            return +_value(tree.body, source)
    except (SyntaxError, DivisionByZero, InvalidOperation, RecursionError, MemoryError) as error:
        raise ValueError(text) from error


def _normal(text: str) -> str:
    signs = {",": ".", "×": "*", "х": "*", "÷": "/", ":": "/", "−": "-", "%": "/100", "\u00a0": "", " ": ""}
    return "".join(signs.get(sign, sign) for sign in text.lower().strip())


def _value(node: ast.expr, source: str) -> Decimal:
    if isinstance(node, ast.Constant) and not isinstance(node.value, bool | str):
        return Decimal(ast.get_source_segment(source, node) or "")
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.left, source), _value(node.right, source))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, source)
    raise ValueError(source)

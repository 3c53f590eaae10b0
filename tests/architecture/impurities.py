"""Owns what a pure package may not say: clocks, chance, I/O, floats, the order of a set, bare asserts.

Reads syntax trees only; what a name means at run time is not its business. Imports are import-linter's.
"""

import ast
from collections.abc import Iterator

BUILTINS = {
    "__import__",
    "breakpoint",
    "eval",
    "exec",
    "float",
    "hash",
    "id",
    "input",
    "open",
    "print",
}
MODULES = {"os", "random", "secrets", "time", "uuid"}
CLOCKS = {"now", "today", "utcnow"}
# What gives the same whatever the order it is fed in.
ORDER_BLIND = {"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"}
_ORDERED_TAKERS = {"bytes", "dict", "enumerate", "iter", "list", "next", "tuple", "zip", "map", "filter", "reversed"}
_SET_METHODS = {"difference", "intersection", "symmetric_difference", "union"}
_SET_OPERATORS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
_PLACED = (ast.expr, ast.stmt)  # the nodes that know their line


def find_impurities(source: str) -> list[tuple[int, str]]:
    """Give line and wording of everything in a module that makes its result depend on more than its arguments.

    >>> find_impurities("def f(): return datetime.now()")
    [(1, 'now()')]
    """
    tree = ast.parse(source)
    found = [(node.lineno, wording) for node in ast.walk(tree) for wording in _judge(node) if isinstance(node, _PLACED)]
    return sorted({*found, *_find_set_orders(tree)})


def _judge(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assert():
            yield "assert"
        case ast.Constant(value=float() | complex()):
            yield "a float literal"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield "/ gives a float"
        case ast.Call(func=ast.Name(id=called)) if called in BUILTINS:
            yield f"{called}()"
        case ast.Call(func=ast.Attribute(attr=called)) if called in CLOCKS:
            yield f"{called}()"
        case ast.Attribute(value=ast.Name(id=module), attr=attribute) if module in MODULES:
            yield f"{module}.{attribute}"


def _find_set_orders(scope: ast.AST, outer: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    own, inner = _split_scope(scope)
    names = outer.union(_find_set_names(own))
    blind = {
        id(argument)
        for node in own
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDER_BLIND
        for argument in node.args
    }
    for node in own:
        if id(node) not in blind:
            yield from ((place.lineno, "the order of a set") for place in _iterated(node) if _is_set(place, names))
    for function in inner:
        yield from _find_set_orders(function, names)


def _split_scope(scope: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """Give the nodes whose names belong to this scope, and the functions defined in it."""
    own: list[ast.AST] = []
    inner: list[ast.AST] = []
    waiting = [*ast.iter_child_nodes(scope)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner.append(node)
        else:
            own.append(node)
            waiting.extend(ast.iter_child_nodes(node))
    return own, inner


def _find_set_names(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if _is_set(value, frozenset()):
                yield target
            case ast.AnnAssign(target=ast.Name(id=target), annotation=annotation) if _says_set(annotation):
                yield target
            case ast.arg(arg=target, annotation=ast.expr() as annotation) if _says_set(annotation):
                yield target


def _says_set(annotation: ast.expr) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(head, ast.Name) and head.id in {"AbstractSet", "MutableSet", "Set", "frozenset", "set"}


def _is_set(node: ast.expr, names: frozenset[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Name(id=word):
            return word in names
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _SET_METHODS:
            return _is_set(value, names)
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _SET_OPERATORS):
            return _is_set(left, names) or _is_set(right, names)
        case _:
            return False


def _iterated(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.For(iter=source) | ast.Starred(value=source) | ast.YieldFrom(value=source):
            yield source
        case ast.ListComp(generators=parts) | ast.DictComp(generators=parts) | ast.GeneratorExp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.Call(func=ast.Name(id=taker), args=arguments) if taker in _ORDERED_TAKERS:
            yield from arguments
        case ast.Call(func=ast.Attribute(attr="join" | "extend"), args=arguments):
            yield from arguments
        case ast.Call(func=ast.Attribute(value=holder, attr="pop"), args=[]):
            yield holder

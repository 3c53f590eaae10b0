"""Makes mutants of a module: one small change each, in the parsed tree, never on the disk.

Left alone: annotations and names of types, decorators, docstrings, ``strict`` of ``zip``, and texts for people (those
of the catalogue, of ``invariant`` and ``InputError``, and of names such as ``message``): no test should pin their
wording.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TEXTS = frozenset(("message", "reason", "title"))
_RULE_TEXT_PLACES = (1, 2, 3, 4)  # zh, en, why_zh, why_en
_SHOWN = 90  # characters of a change
NOTHING = "nothing"

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. ``scope`` is the qualified name of the function it is in, empty for a module's own statements.

    ``lines`` are those of the statement it is in; ``apply`` makes the change in ``tree``, for good.
    """

    module: str
    scope: str
    lines: range
    line: int
    change: str
    tree: ast.Module
    apply: Callable[[], None]

    @property
    def name(self) -> str:
        """Name the mutant for people; the line number is not part of it, so that it keeps its name longer."""
        return f"{self.module.removeprefix('consolidator.')}:{self.scope or '-'}: {self.change}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs: how to put another there, its scope, the lines of its statement, and what is around it."""

    put: Callable[[ast.AST], None]
    scope: str
    inside: bool
    lines: range
    context: str = ""


def list_mutants(path: Path, module: str) -> Iterator[Mutant]:
    """Give every mutant of a module; only one of them may be applied to the tree they share."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, place in _walk(tree, _Place(lambda _: None, "", inside=False, lines=range(0))):
        for new in _list_changes(node):
            ast.copy_location(new, node)
            change = f"{_show(node)} -> {_show(new)}{place.context}"
            scope = place.scope if place.inside else ""
            yield Mutant(
                module,
                scope,
                place.lines,
                getattr(node, "lineno", place.lines.start),
                change,
                tree,
                _make_apply(place, new),
            )


def list_nulls(path: Path, module: str) -> Iterator[Mutant]:
    """Give, for each function that has mutants, one that changes nothing: whoever kills it kills for other reasons."""
    of_function: dict[str, list[Mutant]] = {}
    for mutant in list_mutants(path, module):
        if mutant.scope:
            of_function.setdefault(mutant.scope, []).append(mutant)
    for mutants in of_function.values():
        lines = range(min(each.lines.start for each in mutants), max(each.lines.stop for each in mutants))
        yield replace(mutants[0], lines=lines, change=NOTHING, apply=lambda: None)


def _make_apply(place: _Place, new: ast.AST) -> Callable[[], None]:
    return lambda: place.put(ast.fix_missing_locations(new))


def _show(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _walk(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """Give every node that may be changed, with its place."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "keywords") and _is_declaring(node, name):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if isinstance(child, ast.AST) and not _is_left_alone(node, name, index, child):
                put = _put_item(value, index) if isinstance(value, list) else _put_field(node, name)
                found = _Place(put, *_find_scope(node, name, place), _find_lines(child, place), _describe(child, node))
                yield child, found
                inner = _Place(put, _qualify(child, found), found.inside, found.lines)
                yield from _walk(child, inner)


def _describe(child: ast.AST, node: ast.AST) -> str:
    """Say which of several equal expressions it is."""
    is_ambiguous = isinstance(child, ast.Constant) or isinstance(node, ast.Slice | ast.BinOp)
    return f" in {_show(node)}" if is_ambiguous else ""


def _is_declaring(node: ast.AST, name: str) -> bool:
    return name != "keywords" or isinstance(node, ast.ClassDef)


def _put_item(items: list[ast.AST], index: int) -> Callable[[ast.AST], None]:
    return lambda new: items.__setitem__(index, new)


def _put_field(node: ast.AST, name: str) -> Callable[[ast.AST], None]:
    return lambda new: setattr(node, name, new)


def _qualify(child: ast.AST, place: _Place) -> str:
    """A function inside a function belongs to the outer one, whose code holds it."""
    if isinstance(child, (*_FUNCTIONS, ast.ClassDef)) and not place.inside:
        return f"{place.scope}.{child.name}" if place.scope else child.name
    return place.scope


def _find_scope(node: ast.AST, name: str, place: _Place) -> tuple[str, bool]:
    """The body of a function is inside it; its defaults are values of the module."""
    return place.scope, place.inside or (isinstance(node, _FUNCTIONS) and name == "body")


def _find_lines(node: ast.AST, place: _Place) -> range:
    if not isinstance(node, ast.stmt):
        return place.lines
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return range(node.lineno, max(last, node.lineno) + 1)


def _is_left_alone(node: ast.AST, name: str, index: int, child: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="invariant" | "InputError")) if name == "args":
            return index == 1
        case ast.Call(func=ast.Name(id="RuleText")) if name == "args":
            return index in _RULE_TEXT_PLACES
        case ast.Assign(targets=[ast.Name(id=target)]) if name == "value":
            return target in _TEXTS or _is_type(target, child)
        case ast.Import() | ast.ImportFrom() | ast.Call(func=ast.Name(id="TypeVar")):
            return True
        case ast.keyword(arg="strict"):  # of zip: a guard against what cannot be
            return True
    is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
    return is_docstring or (isinstance(node, ast.JoinedStr) and _is_separator(child))


def _is_type(name: str, value: ast.AST) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "TypeVar"
    return isinstance(value, ast.Subscript) and name.lstrip("_")[:1].isupper() and not name.isupper()


def _is_separator(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and not any(map(str.isalnum, node.value))


def _list_changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            yield from _change_comparison(node)
        case ast.BoolOp():
            yield from _change_logic(node)
        case ast.Constant(value):
            yield from map(ast.Constant, _change_value(value))
        case ast.Call():
            yield from _change_call(node)
        case ast.Slice(lower, upper):
            yield from (ast.Slice(*ends) for ends in ((None, upper), (lower, None)) if ends != (lower, upper))
        case ast.comprehension(target, source, conditions):
            for place in range(len(conditions)):
                yield ast.comprehension(target, source, conditions[:place] + conditions[place + 1 :], node.is_async)
        case ast.stmt():
            yield from _change_statement(node)
        case _:
            yield from _change_operator(node)


def _change_operator(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.JoinedStr(values):  # another separator would separate as well, none would not
            yield from (
                ast.JoinedStr([*values[:at], *values[at + 1 :]])
                for at, each in enumerate(values)
                if _is_separator(each)
            )
        case ast.Lambda(args):
            yield ast.Lambda(args, ast.Constant(None))
        case ast.IfExp(test, body, other) if _is_plain(test):
            yield ast.IfExp(_negate(test), body, other)


def _change_call(node: ast.Call) -> Iterator[ast.Call]:
    match node:
        case ast.Call(ast.Name(name), args, keywords) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name], ast.Load()), args, [] if name == "sorted" else keywords)
        case ast.Call(ast.Attribute(attr="get") as get, [key, _]):
            yield ast.Call(get, [key], [])


def _change_comparison(node: ast.Compare) -> Iterator[ast.Compare]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _change_logic(node: ast.BoolOp) -> Iterator[ast.expr]:
    """Swap ``and`` and ``or``, and leave out each operand."""
    yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    for place in range(len(node.values)):
        rest = node.values[:place] + node.values[place + 1 :]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _change_value(value: object) -> Iterator[bool | int | str | bytes]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            if value:
                yield value - 1
        case str():
            yield f"XX{value}"
        case bytes():
            yield b"XX" + value


def _change_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(value) if value is not None:
            if not isinstance(value, ast.Constant):  # a constant has changes of its own
                yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Delete() | ast.Raise() | ast.Break() | ast.Return():
            yield ast.Pass()
        case ast.Continue():
            yield from (ast.Pass(), ast.Break())
        case ast.Assign() | ast.AugAssign():
            yield from _change_assignment(node)
        case ast.If(test, body, other) if _is_plain(test):
            yield ast.If(_negate(test), body, other)
        case ast.While(test, body, other) if _is_plain(test):
            yield ast.While(ast.Constant(value=False), body, other)


def _change_assignment(node: ast.Assign | ast.AugAssign) -> Iterator[ast.stmt]:
    match node:
        case ast.Assign([ast.Attribute() | ast.Subscript(), *_], _):
            yield ast.Pass()
        case ast.Assign([ast.Name(name), *_] as targets, value):
            if not isinstance(value, ast.Constant) and not _is_type(name, value):
                yield ast.Assign(targets, ast.Constant(None))
        case ast.AugAssign(target, operator, value):
            yield ast.Pass()
            if type(operator) in _OPERATORS:
                yield ast.AugAssign(target, _OPERATORS[type(operator)](), value)


def _is_plain(test: ast.expr) -> bool:
    """The others have changes of their own."""
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def _negate(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)

"""The command line: what there is, and how it ends.

Exit codes: 0 done, 1 refused, 2 bad input, 3 no server. `run --follow`: 4 failed, 5 cancelled, 6 timed out.
`diff`: 0 patch, 10 minor, 20 major, 2 bad input.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from lamina.cli.failure import BAD_INPUT, Failure, located

INTERRUPTED = 130
Parsers = Any  # argparse does not name the class of what add_subparsers returns


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _parser().parse_args(arguments)
    module, _, function = options.command.partition(":")
    # Each command imports what it needs: checker and packer take half a second that `--help` need not.
    command: Callable[[Any], int] = getattr(import_module(f"lamina.cli.{module}"), function)
    try:
        return command(options)
    except Failure as failure:
        print(f"lamina: {failure}", file=sys.stderr)
        for problem in failure.problems:
            print(f"  {located(problem)} [{problem.code}]", file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except OSError as error:
        print(f"lamina: {_told(error)}", file=sys.stderr)
        return BAD_INPUT


def _told(error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"There is no file or folder {error.filename}."
    return f"{error.filename or 'This machine says'}: {error.strerror or error}"


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="lamina", description="Publish modules, move graphs, start and watch runs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    login = _command(commands, "login", "login:login", "say which server, and who you are there")
    login.add_argument("--url", required=True, help="for example http://127.0.0.1:8000")
    login.add_argument("--token", help="an API token; asked for when left out")
    _module_commands(commands)
    _graph_commands(commands)
    _run_command(commands)
    return parser


def _module_commands(commands: Parsers) -> None:
    new = _command(commands, "new", "new:new", "make a folder with a working module")
    new.add_argument("folder", metavar="FOLDER")
    new.add_argument("--name", help="team/name of the module (default: demo/<folder>)")
    build = _command(commands, "build", "build:build", "make the wasm file of a module from its source")
    build.add_argument("folder", metavar="FOLDER")
    publish = _command(commands, "publish", "publish:publish", "check a module and publish it as a draft")
    publish.add_argument("path", metavar="FOLDER|ZIP")
    for verb, summary in (
        ("submit", "send a published version to review"),
        ("approve", "approve a version that is in review"),
        ("release", "release an approved version"),
    ):
        command = _command(commands, verb, f"versions:{verb}", summary)
        command.add_argument("version", metavar="NAME@VERSION", help="for example text/word-count@1.2.0")
        command.add_argument("--message", "-m", help="said in the review")
    diff = _command(commands, "diff", "diff:diff", "derive the version bump between two modules")
    diff.add_argument(
        "old", metavar="OLD", help="a folder, zip, contract.json, or NAME@VERSION in the catalog"
    )
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--json", action="store_true", help="print a document instead of lines")


def _graph_commands(commands: Parsers) -> None:
    graph = commands.add_parser("graph", help="import, export and check graphs")
    verbs = graph.add_subparsers(required=True, metavar="COMMAND")
    read = _command(verbs, "import", "graphs:import_graph", "make a graph of a document")
    read.add_argument("file", metavar="FILE", help="lamina/graph@1 or lamina/export@1")
    read.add_argument("--team", required=True, help="the team that will own it")
    write = _command(verbs, "export", "graphs:export_graph", "write a revision with its lock")
    write.add_argument("graph", metavar="GRAPH", help="its id or title")
    write.add_argument("--revision", type=int, help="default: the newest")
    write.add_argument("--output", "-o", help="default: standard output")
    check = _command(verbs, "check", "graphs:check_graph", "say what is wrong with a graph document")
    check.add_argument("file", metavar="FILE")


def _run_command(commands: Parsers) -> None:
    run = _command(commands, "run", "run:run", "start a run, and watch it")
    run.add_argument("graph", metavar="GRAPH", help="its id or title")
    run.add_argument("--revision", type=int, help="default: the newest, or the draft where there is none")
    run.add_argument("--draft", action="store_true", help="run the draft")
    run.add_argument(
        "--input", action="append", default=[], metavar="NAME=JSON|@FILE", help="the value of an input"
    )
    run.add_argument(
        "--each",
        metavar="FILE",
        help="start a run for each object of inputs in a file: one on each line, or a JSON array",
    )
    run.add_argument("--param", action="append", default=[], metavar="NAME=JSON", help="a parameter")
    run.add_argument(
        "--up-to", action="append", metavar="NODE", help="run this node and what it needs, nothing else"
    )
    run.add_argument(
        "--from",
        action="append",
        dest="start",
        metavar="NODE",
        help="run this node and what follows anew; take the rest over from the newest run",
    )
    run.add_argument("--reuse", action="store_true", help="take over outputs where nothing has changed")
    run.add_argument("--environment", metavar="NAME", help="where it runs (default: dev)")
    run.add_argument("--group", metavar="KEY", help="begin in turn with the team's runs of this key")
    run.add_argument(
        "--limit", type=int, metavar="N", help="how many of the group may go on at a time (default: 1)"
    )
    run.add_argument("--follow", "-f", action="store_true", help="show it live until it ends")
    run.add_argument("--json", action="store_true", help="for machines: one JSON document a line")


def _command(commands: Parsers, name: str, command: str, summary: str) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
    parser.set_defaults(command=command)
    return parser

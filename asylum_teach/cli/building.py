"""The command that makes a site without a server."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from asylum_teach import check, kit, site


def make_site(arguments: argparse.Namespace) -> int:
    """Make it; 1 where that cannot be."""
    try:
        return _made(arguments)
    except site.SiteError as error:
        print(error, file=sys.stderr)
        return 1


def _made(arguments: argparse.Namespace) -> int:
    pyodide = site.unpacked(arguments.pyodide) if arguments.pyodide else site.fetched()
    notebooks = kit.folder("notebooks")
    report = check.check(arguments.exercises, notebooks)
    if report.content is None or not report.ok:
        for fault in report.faults:
            print(fault, file=sys.stderr)
        print("No site is made until these are mended.", file=sys.stderr)
        return 1
    pages = site.build(
        report.content,
        arguments.out,
        notebooks=notebooks,
        pyodide=pyodide,
        today=date.today(),
    )
    print(f"{pages} pages are in {arguments.out}. Any web server can give them out, such as:")
    print(f"python -m http.server --bind 127.0.0.1 --directory {arguments.out} 8000")
    return 0

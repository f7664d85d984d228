"""Commands that ask the content: check | affected | assess | facts | schema."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from asylum_teach import bundle, check, content, kit
from asylum_teach.law import UnknownFactError, assess
from asylum_teach.law.currency import Due
from asylum_teach.models import Assessment, Law


def check_content(arguments: argparse.Namespace) -> int:
    """Tell every fault; 1 where there is one."""
    report = check.check(arguments.exercises, kit.folder("notebooks"), on=arguments.on)
    rows = check.agreement(report.content) if arguments.decisions and report.content else ()
    if arguments.json:
        _print_json(_agreement(rows) if arguments.decisions else _report(report))
    else:
        for fault in report.faults:
            print(fault)
        for due in report.due:
            print(_due(due))
        for row in rows:
            said = "agree" if row.agrees else f"decided {row.expected}, the rules say {row.got}"
            print(f"{row.decision}, {row.element}: {said}")
        if arguments.decisions:
            print(f"{sum(row.agrees for row in rows)} of {len(rows)} elements agree.")
        for name, count in report.counts.items():
            if isinstance(count, int):
                print(f"{name}: {count}")
        print("No faults." if report.ok else f"{len(report.faults)} faults.")
    return 0 if report.ok else 1


def _due(due: Due) -> str:
    """One line on something whose review is due."""
    word = "expired" if due.expired else "stale"
    return (
        f"{word}: the {due.kind} '{due.id}' was to be reviewed by {due.review_by}; "
        "look it up again, then set the new dates"
    )


def _report(report: check.Report) -> dict[str, Any]:
    """What ``check --json`` prints."""
    return {
        "ok": report.ok,
        "counts": report.counts,
        "faults": [
            {"file": f.file, "line": f.line, "what": f.what, "do": f.do} for f in report.faults
        ],
        "due": [bundle.encode(due) for due in report.due],
    }


def _agreement(rows: Sequence[check.Row]) -> dict[str, Any]:
    """What ``check --decisions --json`` prints."""
    agree = sum(row.agrees for row in rows)
    return {
        "elements": len(rows),
        "agree": agree,
        "share": round(agree / len(rows), 4) if rows else None,
        "rows": [{**bundle.encode(row), "rule": row.rule} for row in rows],
    }


def list_affected(arguments: argparse.Namespace) -> int:
    """Tell what a change in one authority touches."""
    known = content.read(arguments.exercises)
    if arguments.authority not in known.law.authorities:
        close = get_close_matches(arguments.authority, list(known.law.authorities), n=1)
        hint = f"did you mean '{close[0]}'?" if close else "law/authorities.yaml lists them"
        print(f"There is no authority '{arguments.authority}'; {hint}", file=sys.stderr)
        return 1
    touched = check.affected(known, arguments.authority, kit.folder("notebooks"))
    if arguments.json:
        _print_json(vars(touched))
        return 0
    print(known.law.authorities[arguments.authority].citation)
    for kind, ids in vars(touched).items():
        print(f"\n{kind}: {len(ids)}")
        for name in ids:
            print(f"  {name}")
    return 0


def assess_facts(arguments: argparse.Namespace) -> int:
    """Tell what the law makes of some facts."""
    law = content.read(arguments.exercises).law
    source = Path("/dev/stdin") if str(arguments.file) == "-" else arguments.file
    facts = content.read_facts(source)
    circuit = None if arguments.circuit == "none" else arguments.circuit
    try:
        assessment = assess(law, facts, as_of=arguments.as_of, circuit=circuit)
    except UnknownFactError as error:
        print(
            f"{arguments.file}: there is no fact '{error}'; asylum-teach facts lists them",
            file=sys.stderr,
        )
        return 1
    for one, other in law.contradictions(facts):
        print(f"note: '{one}' and '{other}' exclude each other", file=sys.stderr)
    if arguments.json:
        _print_json(_assessment(assessment))
    else:
        _print_assessment(law, assessment)
    return 0


def _assessment(assessment: Assessment) -> dict[str, Any]:
    """The assessment as ``assess --json`` prints it."""

    def finding(found: Any) -> dict[str, Any]:
        plain: dict[str, Any] = bundle.encode(found)
        return {
            "status": plain["status"],
            "reason": plain["reason"],
            "rule": found.rule,
            "authorities": list(found.authorities),
            "other_side": plain.get("other_side", []),
            "would_decide": list(found.would_decide),
        }

    return {
        "as_of": assessment.as_of.isoformat(),
        "circuit": assessment.circuit or "none",
        "findings": {element: finding(f) for element, f in assessment.findings.items()},
        "theories": {
            theory: {"ground": finding(pair.ground), "nexus": finding(pair.nexus)}
            for theory, pair in assessment.theories.items()
        },
        "relief": {name: str(strength) for name, strength in assessment.relief.items()},
    }


def _print_assessment(law: Law, assessment: Assessment) -> None:
    where = f"circuit {assessment.circuit}" if assessment.circuit else "national law alone"
    print(f"As of {assessment.as_of}, {where}.  Teaching material, not legal advice.")
    for element, finding in assessment.findings.items():
        print(f"\n{law.elements[element].title}: {finding.status.label}")
        print(f"  {finding.reason}")
        for name in finding.authorities:
            print(f"  {law.authorities[name].citation}")
        if finding.would_decide:
            print(f"  Would decide it: {', '.join(finding.would_decide)}")
    print()
    for name, strength in assessment.relief.items():
        print(f"{law.reliefs[name].title}: {strength}")


def list_facts(arguments: argparse.Namespace) -> int:
    """Tell the vocabulary of facts."""
    law = content.read(arguments.exercises).law
    looking = _elements_by_fact(law)
    rows = [
        {
            "id": fact.id,
            "group": fact.group,
            "text": fact.text,
            "excludes": list(fact.excludes),
            "elements": looking[fact.id],
        }
        for fact in law.facts.values()
    ]
    if arguments.json:
        _print_json(rows)
        return 0
    group = ""
    for row in rows:
        if row["group"] != group:
            group = str(row["group"])
            print(f"\n{law.groups[group]}")
        print(f"  {row['id']}: {row['text']}")
    return 0


def _elements_by_fact(law: Law) -> dict[str, list[str]]:
    """The elements that look at each fact, or at one that it implies."""
    direct = {
        fact: [e.id for e in law.elements.values() if any(fact in rule.facts for rule in e.rules)]
        for fact in law.facts
    }
    return {
        fact: [
            e
            for e in law.elements
            if any(e in direct[each] for each in (fact, *law.facts[fact].implies))
        ]
        for fact in law.facts
    }


def write_schemas(arguments: argparse.Namespace) -> int:
    """Write the schemas into a folder."""
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in content.SCHEMAS:
        path = arguments.folder / f"{name}.json"
        path.write_text(json.dumps(content.schema(name), indent=1) + "\n", "utf-8")
        print(path)
    return 0


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))

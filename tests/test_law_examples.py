"""The rules decide as the examples in tests/law say, on their day and in their circuit."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from asylum_teach.law import assess

EXAMPLES = [
    pytest.param(example, id=f"{path.stem}: {example['name']}")
    for path in sorted((Path(__file__).parent / "law").glob("*.yaml"))
    for example in yaml.safe_load(path.read_text("utf-8"))
]


def assessed(law, example):
    """The assessment of an example, and its findings: of one theory, if it names one."""
    day = date.fromisoformat(str(example["as_of"]))
    circuit = None if example["circuit"] == "none" else example["circuit"]
    assessment = assess(law, example["facts"], as_of=day, circuit=circuit)
    findings = dict(assessment.findings)
    if "theory" in example:
        pair = assessment.theories[example["theory"]]
        findings |= {"ground": pair.ground, "nexus": pair.nexus}
    if "bar" in example:
        findings["bars"] = assessment.bars[example["bar"]]
    return assessment, findings


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(law, example):
    """Each element has the status that the example expects, by the rule and authority it names."""
    assessment, findings = assessed(law, example)
    expected = example.get("expect", {})

    assert {element: findings[element].status.value for element in expected} == expected
    decided = [findings[element] for element in expected]
    if "rule" in example:
        assert example["rule"] in [finding.rule for finding in decided]
    if "authority" in example:
        assert example["authority"] in [a for finding in decided for a in finding.authorities]
    relief = example.get("relief", {})
    assert {name: assessment.relief[name].value for name in relief} == relief

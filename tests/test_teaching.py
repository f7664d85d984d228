"""What a teacher takes out of the kit: reports, hand-outs, questions, grades, a made-up class."""

import csv
import io
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from asylum_teach import cli
from asylum_teach.instructor import files
from asylum_teach.instructor.demo import demo_class
from asylum_teach.instructor.report import Chosen, report, tables
from asylum_teach.instructor.synthetic import SYNTHETIC
from asylum_teach.store import open_store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEARNERS = 6


@pytest.fixture(scope="module")
def url(tmp_path_factory, kit_content):
    """A database with a made-up class."""
    address = f"sqlite:///{tmp_path_factory.mktemp('class')}/class.sqlite"
    with closing(open_store(address)) as store:
        demo_class(store, kit_content, NOW, LEARNERS)
    return address


@pytest.fixture(scope="module")
def cohort(url):
    with closing(open_store(url)) as store:
        return store.cohorts()[0]


@pytest.fixture(scope="module")
def found(url, kit_content, cohort):
    with closing(open_store(url)) as store:
        return report(store, kit_content, Chosen(cohort=cohort.id), NOW)


def test_made_up_class_says_so_in_every_name(found):
    assert found.cohort.startswith(SYNTHETIC)
    assert len(found.members) == LEARNERS
    assert all(member["name"].startswith("Synthetic ") for member in found.members)


def test_report_counts_what_the_store_holds(url, found):
    """Attempts of all members, and no others."""
    with closing(open_store(url)) as store:
        members = store.members(found.chosen.cohort)
        counted = [len(store.attempts(member.learner)) for member in members]

    assert found.attempts == sum(counted) == sum(member["attempts"] for member in found.members)
    assert [member["attempts"] for member in found.members] == counted


def test_lesson_filter_keeps_its_own_items(url, kit_content, cohort):
    lesson = "nexus_and_grounds"
    with closing(open_store(url)) as store:
        some = report(store, kit_content, Chosen(cohort=cohort.id, lesson=lesson), NOW)

    assert some.items
    assert {kit_content.cases[each.case].lesson for each in some.items} == {lesson}


def test_days_cut_off_what_lies_outside(url, kit_content, cohort, found):
    """Both days count whole."""
    first, last = found.began.date(), found.ended.date()

    def counted(since, until):
        chosen = Chosen(cohort=cohort.id, since=since, until=until)
        with closing(open_store(url)) as store:
            return report(store, kit_content, chosen, NOW).attempts

    assert counted(first, last) == found.attempts
    assert counted(first + timedelta(days=1), None) < found.attempts
    assert counted(date(2020, 1, 1), date(2020, 1, 2)) == 0


def test_two_of_one_name_are_told_apart(kit_content, tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/two.sqlite")) as store:
        cohort = store.add_cohort("Tuesday", NOW, lambda below: 3 % below)
        for number in range(3):
            learner = store.add_learner(f"key:{number}", NOW)
            store.join(cohort.id, learner, "Ana", NOW)
        names = [
            member["name"]
            for member in report(store, kit_content, Chosen(cohort=cohort.id), NOW).members
        ]

    assert names == ["Ana", "Ana (2)", "Ana (3)"]


def test_every_table_reads_back(found, kit_content):
    """By readers that are not ours: the same rows under the same heads."""
    book = openpyxl.load_workbook(
        io.BytesIO(files.report_file(found, kit_content, "all.xlsx", NOW).body)
    )
    for (name, rows), sheet in zip(tables(found, kit_content).items(), book, strict=True):
        body = files.report_file(found, kit_content, f"{name}.csv", NOW).body
        read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert read[0] == list(rows[0]) == [cell.value for cell in sheet[1]]
        assert len(read) - 1 == len(rows) == sheet.max_row - 1


@pytest.mark.parametrize("name", ["nothing.csv", "learners.pdf", "../learners.csv", "learners", ""])
def test_file_that_there_is_not_is_refused(found, kit_content, name):
    with pytest.raises(files.NoFileError, match="There is no file"):
        files.report_file(found, kit_content, name, NOW)


def test_grades_are_percent_or_nothing(found, kit_content):
    """Whoever has answered nothing gets no grade, and has done nothing."""
    first, done = (files.grades(found, what) for what in ("first", "done"))

    for member, one, share in zip(found.members, first, done, strict=True):
        assert one.name == share.name == member["name"]
        assert one.percent == pytest.approx(100 * member["first"], abs=0.05)
        assert 0 < share.percent <= 100


def test_command_line_offers_every_format():
    assert tuple(files.FORMATS) == cli.FORMATS


@pytest.mark.parametrize("name", cli.FORMATS)
def test_every_format_is_written(name, tmp_path, capsys):
    path = tmp_path / name
    case = "corner-shop-tomas"

    assert cli.main(["export", name, str(path), "--case", case]) == 0

    body = path.read_bytes()
    assert capsys.readouterr().out == f"{path}\n"
    if zipfile.is_zipfile(path):
        assert zipfile.ZipFile(path).testzip() is None
    else:
        assert "Tomás" in body.decode()


@pytest.mark.parametrize("name", ["outcomes.html", "training.docx", "all.xlsx", "items.csv"])
def test_report_command_writes_a_file(url, cohort, tmp_path, name):
    path = tmp_path / name

    assert cli.main(["report", str(path), "--cohort", cohort.name, "--db", url]) == 0
    assert path.stat().st_size > 500


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["report", "all.pdf"], "There is no file 'all.pdf'"),
        (["report", "all.xlsx", "--cohort", "Nobody"], "There is no cohort 'Nobody'"),
        (["export", "moodle.xml"], "No case is chosen"),
        (["export", "moodle.xml", "--case", "nope"], "There is no case 'nope'"),
        (["export", "moodle.xml", "--lesson", "nope"], "There is no lesson 'nope'"),
    ],
)
def test_what_cannot_be_made_is_told_in_a_line(url, arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    db = ["--db", url] if arguments[0] == "report" else []

    assert cli.main([*arguments, *db]) == 1

    told = capsys.readouterr().err
    assert told.startswith(says)
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_demo_class_is_made_once(tmp_path, capsys):
    path = tmp_path / "demo.sqlite"
    assert cli.main(["demo-class", str(path), "--learners", "2"]) == 0
    assert f"--db sqlite:///{path}" in capsys.readouterr().out

    assert cli.main(["demo-class", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err

"""The site without a server: what is in its files, and what keeps it from being made."""

import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import pytest

from asylum_teach import cli, kit, scoring, site
from asylum_teach.counter import Counter, to_files
from asylum_teach.site.cells import shown

# Where an address is fetched by a browser without anybody's doing.
FETCHED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
}


class Addresses(HTMLParser):
    """The links of a page, what it fetches, and what can be linked to in it."""

    def __init__(self, html):
        super().__init__()
        self.links, self.fetched, self.ids = [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note what the tag names."""
        for name, value in attrs:
            if (tag, name) in FETCHED:
                self.fetched.append(value)
            elif name == "href":
                self.links.append(value)
            elif name == "id":
                self.ids.add(value)


@pytest.fixture(scope="module")
def pages(still):
    """Each page by its path in the site."""
    found = {p.relative_to(still).as_posix(): p.read_text("utf-8") for p in still.rglob("*.html")}
    assert len(found) > 30
    return found


@pytest.fixture(scope="module")
def addresses(pages):
    return {name: Addresses(html) for name, html in pages.items()}


# --- The files ---


def test_every_link_leads_to_a_file_of_the_site(still, pages, addresses):
    """A link to our pages names a file: no host has to guess index.html or .html."""
    for name, page in addresses.items():
        for link in page.links:
            if urlsplit(link).scheme:
                assert link.startswith(("http://", "https://")), (name, link)
                continue
            path, fragment = urldefrag(link)
            target = (still / name).parent.joinpath(unquote(path)).resolve() if path else None
            there = target.relative_to(still).as_posix() if target else name
            assert there in pages, (name, link)
            here = addresses[there].ids
            assert {fragment, unquote(fragment)} & {"", *here}, (name, link)


def test_nothing_that_a_page_fetches_lies_elsewhere(still, addresses):
    for name, page in addresses.items():
        assert page.fetched
        for address in page.fetched:
            assert not urlsplit(address).netloc, (name, address)
            assert (still / name).parent.joinpath(address).resolve().is_file(), (name, address)
    for path in (still / "static").rglob("*"):
        if path.suffix in (".js", ".css") and "pyodide" not in path.parent.name:
            assert not re.search(r"https?://", path.read_text("utf-8")), path


def test_pyodide_is_told_of_no_package_that_would_be_looked_for_elsewhere(still):
    lock = json.loads((still / f"static/pyodide-{site.PYODIDE}/pyodide-lock.json").read_text())

    assert lock["packages"] == {}


def test_every_page_says_what_it_is(pages):
    for name, html in pages.items():
        assert "Teaching material, not legal advice. Law as of" in html, name
        assert "the right answers are in its files, and anyone can look them up." in html, name
        assert "Asylum Teach</title>" in html, name


def test_every_lesson_asks_what_its_notebook_asks(pages, kit_content):
    """No question, interview, script or lab gets lost on the way."""
    for plan in kit_content.lessons.values():
        cells = nbformat.read(kit.folder("notebooks") / f"{plan.notebook}.ipynb", 4).cells
        code = "".join(cell.source for cell in cells if cell.cell_type == "code")
        html = pages[f"lesson/{plan.notebook}.html"]
        asked = len(re.findall(r"lesson\.(?:ask|practice|decision)\(", code))
        assert html.count('data-piece="question"') == asked, plan.id
        for piece in ("interview", "stop", "lab"):
            called = len(re.findall(rf"lesson\.{piece}\(", code))
            assert html.count(f'data-piece="{piece}"') == called, (plan.id, piece)


def test_no_key_stands_in_a_page_itself(pages):
    """Whoever reads the source of a page by the way is not told the answers."""
    for name, html in pages.items():
        assert "&#34;credit&#34;" not in html, name
        assert "critical_error" not in html, name


def test_counter_needs_nothing_but_what_the_site_brings(still, tmp_path, kit_content):
    """As in the browser: the standard library, and what is in the packed kit."""
    (packed,) = still.glob("static/*/kit.zip")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    case = next(iter(kit_content.cases.values()))
    item = case.items[0]
    answer = {
        "id": "a" * 22,
        "case": case.id,
        "item": item.id,
        "response": scoring.key_of(item),
    }
    code = f"""
import sys, json
sys.path.insert(0, {str(tmp_path)!r})
from asylum_teach.counter import opened
counter = opened({str(tmp_path / "bundle.json")!r})
for method, path, body in (("POST", "answers", {answer!r}), ("GET", "progress", "")):
    print(counter.ask(method, path, json.dumps(body) if body else "", "../", "[]"))
"""
    # -I and -S: no site-packages, no PYTHONPATH, no working folder.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answered, progress = map(json.loads, done.stdout.splitlines())
    assert (answered["status"], progress["status"]) == (200, 200)
    assert "Right." in json.loads(answered["text"])["html"]
    assert 'href="../lesson/' in json.loads(progress["text"])["html"]
    assert (tmp_path / "licenses" / "fsrs" / "LICENSE").is_file()


# --- What keeps it from being made ---


def test_folder_that_holds_something_else_is_left_alone(tmp_path, small):
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")

    with pytest.raises(site.SiteError, match="something else; name a folder that is empty or new"):
        site.build(
            small, tmp_path, notebooks=tmp_path, pyodide=site.fetched(), today=date(2026, 1, 1)
        )

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_site_is_made_anew_in_its_own_folder(tmp_path, small):
    """Nothing of the one before is left, and nothing of its making."""
    out, here = tmp_path / "out", {"notebooks": tmp_path / "none", "pyodide": site.fetched()}
    site.build(small, out, today=date(2026, 1, 1), **here)
    (out / "left.html").write_text("of an older kit", "utf-8")

    assert site.build(small, out, today=date(2026, 1, 2), **here) >= 4

    assert not (out / "left.html").exists()
    assert "was made on 2 January 2026" in (out / "index.html").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_command_says_how_to_look_at_it(made):
    out, said = made

    assert re.search(r"^\d+ pages are in ", said)
    assert f"http.server --bind 127.0.0.1 --directory {out} 8000" in said
    assert (out / "index.html").is_file()


@pytest.mark.parametrize("npm", [None, "#!/bin/sh\nexit 1\n"], ids=["missing", "failing"])
def test_without_npm_a_sentence_says_what_to_do(tmp_path, monkeypatch, npm):
    if npm:
        (tmp_path / "npm").write_text(npm, "utf-8")
        (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if npm else str(tmp_path))

    with pytest.raises(site.SiteError, match=r"npm .+, or name an unpacked folder .+ --pyodide\."):
        site.fetched(tmp_path / "cache")


def test_what_npm_brings_is_used_only_if_it_is_what_is_known(tmp_path, monkeypatch):
    packs = f"#!/bin/sh\necho changed > pyodide-{site.PYODIDE}.tgz\n"
    (tmp_path / "npm").write_text(packs, "utf-8")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")

    with pytest.raises(site.SiteError, match="as it is known: not used"):
        site.fetched(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("package", "says"),
    [(None, "is no unpacked npm package"), ('{"version": "0.28.0"}', "holds no whole Pyodide")],
)
def test_folder_that_is_no_pyodide_is_refused(tmp_path, capsys, package, says):
    folder = tmp_path / "pyodide"
    folder.mkdir()
    if package:
        (folder / "package.json").write_text(package, "utf-8")

    assert cli.main(["site", str(tmp_path / "out"), "--pyodide", str(folder)]) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("source", "says"),
    [("1 / 0", r"a\.ipynb, cell 1 fails: division"), ("{1}", r"cell 1 shows set, which needs")],
)
def test_cell_that_cannot_be_shown_is_named(source, says):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])

    with pytest.raises(site.SiteError, match=says):
        shown(notebook, Path("a.ipynb"))


def test_cell_for_instructors_is_not_shown():
    cell = nbformat.v4.new_markdown_cell("The key is b.", metadata={"tags": ["instructor"]})

    assert shown(nbformat.v4.new_notebook(cells=[cell]), Path("a.ipynb")) == []


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("../", "../index.html"),
        ("../#lessons", "../index.html#lessons"),
        ("../words", "../words.html"),
        ("../lesson/01_who?x=1#top", "../lesson/01_who.html?x=1#top"),
        ("../static/0f/kit.css", "../static/0f/kit.css"),
        ("../wordsmith", "../wordsmith"),
        ("https://example.org/words", "https://example.org/words"),
    ],
)
def test_links_become_links_to_files(link, file):
    assert to_files(f'<a href="{link}">', "../") == f'<a href="{file}">'


# --- The counter ---


@pytest.fixture
def counter(kit_content):
    return Opened(kit_content)


class Opened:
    """A counter, and a browser that keeps what it is handed."""

    def __init__(self, content):
        self.content, self.kept, self.now = content, [], datetime.now(UTC)
        self.counter = Counter(content, lambda: self.now)

    def ask(self, method, path, body=None, rows=()):
        """What the counter answers; what it hands out is kept."""
        sent = json.dumps(body) if isinstance(body, dict) else body or ""
        answer = json.loads(self.counter.ask(method, path, sent, "../", json.dumps(rows)))
        if answer["erased"]:
            self.kept.clear()
        self.kept += answer["rows"]
        return answer["status"], json.loads(answer["text"])

    def answer(self, item=0, made="a" * 22, **more):
        """Answer an item of the first case rightly."""
        case = next(iter(self.content.cases.values()))
        each = case.items[item]
        response = scoring.key_of(each)
        body = {"id": made, "case": case.id, "item": each.id, "response": response, **more}
        return self.ask("POST", "answers", body)

    def reopened(self):
        """Another page of the same browser."""
        other = Opened(self.content)
        other.kept = self.kept
        other.ask("GET", "about", rows=[row["text"] for row in self.kept])
        return other


def test_answer_is_handed_out_to_be_kept_and_comes_back(counter):
    assert counter.answer()[0] == 200
    assert counter.answer(item=1, made="b" * 22)[0] == 200
    assert [row["serial"] for row in counter.kept] == [1, 2]

    other = counter.reopened()

    assert other.ask("GET", "about") == counter.ask("GET", "about")
    assert len(other.ask("GET", "about")[1]["attempts"]) == 2
    assert other.answer(item=2, made="c" * 22)[0] == 200
    assert [row["serial"] for row in counter.kept] == [1, 2, 3]


def test_answer_sent_twice_is_kept_once(counter):
    first, second = counter.answer(), counter.answer()

    assert first == second
    assert len(counter.kept) == 1
    assert counter.reopened().answer()[0] == 200
    assert len(counter.kept) == 1


def test_what_could_not_be_kept_is_forgotten(counter):
    counter.answer()
    counter.counter.forget()

    assert counter.ask("GET", "about")[1]["attempts"] == []
    assert counter.counter.last() == 0


def test_file_goes_out_and_in_with_what_answers_rested_on(counter, kit_content):
    counter.answer()
    counter.answer(item=1, made="b" * 22)
    file = json.dumps(counter.ask("GET", "file")[1])
    other = Opened(kit_content)

    assert other.ask("POST", "file", file) == (200, {"found": 2, "new": 2})
    assert other.ask("POST", "file", file) == (200, {"found": 2, "new": 0})
    assert [row["serial"] for row in other.kept] == [1, 2]
    assert json.loads(other.kept[0]["text"])["bases"] != {}
    assert other.reopened().ask("GET", "file")[1]["attempts"] == json.loads(file)["attempts"]


def test_erased_is_erased(counter):
    counter.answer()

    assert counter.ask("POST", "erase", {}) == (200, {"erased": True})

    assert counter.kept == []
    assert counter.reopened().ask("GET", "about")[1]["attempts"] == []


def test_review_falls_due_in_the_browser_as_on_a_server(counter):
    counter.answer()
    assert counter.ask("GET", "review")[1]["due"] == 0

    counter.now += timedelta(days=400)

    assert counter.ask("GET", "review")[1]["due"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "answers", "{", 400),
        ("POST", "answers", "[]", 400),
        ("POST", "answers", '{"id": "aaaaaaaaaaaaaaaaaaaaaa", "case": "no", "item": "no"}', 400),
        ("POST", "file", "{}", 400),
        ("POST", "file", "\ud800", 400),
        ("POST", "turn", '{"interview": "no", "asked": []}', 404),
        ("POST", "turn", '{"interview": "eulalia", "asked": ["no"]}', 400),
        ("POST", "marked", '{"script": "kind-volunteer", "stops": [[999, "x"]]}', 400),
        ("POST", "lab", '{"shown": {"facts": []}}', 404),
        ("POST", "lab", '{"shown": 1, "asked": {}}', 400),
        ("GET", "code", "", 404),
    ],
)
def test_nonsense_is_answered_with_a_sentence(counter, method, path, body, status):
    told = counter.ask(method, path, body)

    assert told[0] == status
    assert re.fullmatch(r"[A-Z][^\n<>]+\.", told[1]["problem"]), told
    assert counter.kept == []


def test_lab_moves_as_in_a_notebook(counter):
    """Each step is asked anew, from what the page shows."""
    shown = {"n": 4, "facts": ["filed_within_one_year"], "as_of": "2026-11-24", "circuit": "9"}

    status, told = counter.ask(
        "POST",
        "lab",
        {
            "shown": shown,
            "pivots": False,
            "choice": {**shown, "n": 5, "facts": [*shown["facts"], "beaten_severely"]},
        },
    )
    assert (status, told["choice"]["n"]) == (200, 5)
    assert "Moved: Harm" in told["said"]
    assert told["found"]["asked"] is False

    flip = {"ask": "flip", "fact": "missed_one_year_deadline"}
    status, told = counter.ask(
        "POST", "lab", {"shown": told["choice"], "pivots": True, "asked": flip}
    )
    assert told["choice"]["facts"] == ["beaten_severely", "missed_one_year_deadline"]
    assert "both cannot hold" in told["said"]
    assert told["found"]["elements"]

    status, told = counter.ask(
        "POST", "lab", {"shown": told["choice"], "pivots": True, "choice": {**shown, "n": 9}}
    )
    assert told["choice"]["facts"] == shown["facts"]

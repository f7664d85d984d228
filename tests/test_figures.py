"""What whoever runs a site sees of it: figures behind the token, a log without any person."""

import http.client
import json
import re
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from asylum_teach.serve.places import KEPT
from tests.served import PATIENCE, Learner, serving

pytestmark = pytest.mark.server

TOKEN = "only-for-this-test-1234"
LESSON = "/lesson/00_start_here"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that logs as JSON and has instructor's pages."""
    folder = tmp_path_factory.mktemp("figures")
    more = ("--log", "json", "--places", "7")
    with serving(folder, instructor=True, more=more, ASYLUM_TEACH_TOKEN=TOKEN) as running:
        yield running


def ask(server, **headers):
    """The status and the text that the figures' address gives."""
    connection = http.client.HTTPConnection("127.0.0.1", server.instructor_port, timeout=30)
    connection.request("GET", "/metrics", headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def figures(server):
    """The figures, by name and labels."""
    status, text = ask(server, Authorization=f"Bearer {TOKEN}")
    assert status == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_count_lessons_answers_and_places(server, learner, asked):
    before = figures(server)
    for each in asked[:3]:
        learner.answer(each)
    learner.ask("GET", LESSON)
    after = figures(server)

    def grown(name, *labels):
        return after[name, *labels] - before.get((name, *labels), 0)

    assert grown("asylum_teach_answer_seconds_count") == 3
    assert grown("asylum_teach_lesson_seconds_count") == 1
    assert grown("asylum_teach_requests_total", ("kind", "Answers"), ("status", "200")) == 3
    assert (
        grown(
            "asylum_teach_kernels",
        )
        == 1
    )
    assert after["asylum_teach_places",] == 7
    assert after["asylum_teach_waiting",] == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}, {"Cookie": "token=" + TOKEN}],
)
def test_figures_are_the_instructors_alone(server, headers):
    status, text = ask(server, **headers)
    assert status == 403
    assert "asylum_teach_" not in text


def test_learners_pages_have_no_figures(server, learner):
    assert learner.ask("GET", "/metrics").status == 404


def test_each_line_of_the_log_is_json_and_names_nobody(server, learner, asked):
    learner.answer(asked[0])
    learner.post("name", {"name": "Xochiquetzal"})
    learner.ask("GET", LESSON)
    learner.ask("GET", "/join/ABCD-EFGH")
    lines = [json.loads(line) for line in server.complaints().splitlines()]
    opened = [line for line in lines if line["what"] == "lesson"]
    assert opened
    assert opened[-1]["lesson"] == LESSON.rpartition("/")[2]
    assert opened[-1]["seconds"] > 0
    assert re.match(r"\d{4}-\d\d-\d\dT", opened[-1]["time"])
    for secret in (learner.key, "Xochiquetzal", "127.0.0.1", "ABCD-EFGH"):
        assert secret not in server.complaints()


def test_who_asks_without_a_place_is_counted_as_waiting(tmp_path):
    more = ("--places", "1")
    with serving(tmp_path, instructor=True, more=more, ASYLUM_TEACH_TOKEN=TOKEN) as server:
        learner = Learner(server)
        opened, late = learner.ask("GET", LESSON), learner.ask("GET", LESSON)
        assert "X-Asylum-Teach" not in opened.headers
        assert late.headers["X-Asylum-Teach"] == "wait"
        ticket = re.search(r'data-ticket="([\w-]+)"', late.body.decode())[1]
        assert figures(server)["asylum_teach_waiting",] == 1
        assert learner.ask("GET", f"/wait/{ticket}").json["state"] == "wait"

        kernel = re.search(r'"kernelId": "([\w-]+)"', opened.body.decode())[1]
        learner.ask("POST", f"/voila/api/shutdown/{kernel}")
        deadline = time.monotonic() + KEPT + PATIENCE  # it may be only loaded again
        while learner.ask("GET", f"/wait/{ticket}").json != {"state": "come"}:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert b"data-ticket" not in learner.ask("GET", f"{LESSON}?ticket={ticket}").body
        assert learner.ask("GET", f"/wait/{ticket}").json == {"state": "gone"}

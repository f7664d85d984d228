"""Small interviews to be held exactly, and three learners who hold any interview by a policy."""

from hypothesis import strategies as st

from asylum_teach import kit
from asylum_teach.interview import replay
from asylum_teach.models import Ask, Interview, Line, Reply, Script, Then
from asylum_teach.models.interview import SAFETY, WAIT

REAL = sorted(path.stem for path in (kit.folder("exercises") / "interviews").glob("*.yaml"))

# --- Small interviews and scripts ---


def reply(says="Yes.", **fields):
    return Reply(says=says, **fields)


def ask(name, *replies, form="open", topic="story", **fields):
    """An ask to which *replies* are given; one plain answer where none is named."""
    return Ask(
        id=name,
        form=form,
        topic=topic,
        text=f"{name}?",
        note=f"Why {name}.",
        practices=("listen",),
        replies=replies or (reply(f"{name}: yes."),),
        **fields,
    )


WAITING = ask("wait", reply("It is quiet."), form="step", topic="during", keeps_pause=True)
SORRY = ask("apologize", form="step", topic="during", mends=True)
OPEN_A = ask("open_a", opens=("a",))
CLOSE = ask("close", form="step", topic="end", ends="closed")


def interview(*asks, turns=9, **fields):
    """An interview with *asks*, waiting, an apology and an end."""
    return Interview(
        id="ana",
        version=1,
        title="Ana",
        case="base",
        lesson="talk",
        points=("1.1",),
        name="Ana",
        language="Spanish",
        content_note="Nothing happens.",
        slip="Ana.",
        aim="To listen.",
        turns=turns,
        asks=(*asks, WAITING, SORRY, CLOSE),
        **fields,
    )


def ids_offered(talk):
    return {each.id for each in talk.offered}


@st.composite
def interviews(draw, turns):
    """Any interview with two asks whose replies are guarded, pause, warm and chill at will."""
    threads = st.lists(st.sampled_from("ab"), max_size=2, unique=True).map(tuple)
    facts = st.lists(st.sampled_from("fgh"), max_size=2, unique=True).map(tuple)
    told = {"reveals": facts, "opens": threads, "warms": st.integers(0, 2)}
    guards = {"after": threads, "unless": threads, "trust": st.integers(0, 4)}

    def replies(name):
        for n in range(draw(st.integers(1, 2))):
            goes_on = st.builds(Then, says=st.just(f"{name} {n} goes on"), **told)
            fields = {**told, "chills": st.integers(0, 2), "then": st.none() | goes_on}
            yield draw(st.builds(Reply, says=st.just(f"{name} {n}"), **guards, **fields))
        yield draw(st.builds(Reply, says=st.just(f"{name} at least"), **told))

    asks = [ask(name, *replies(name), needs=draw(threads)) for name in ("one", "two")]
    return interview(*asks, turns=turns, start_trust=draw(st.integers(0, 4)))


def draw_talks(data, interview_):
    """The talks of a random way through an interview, the empty one first."""
    talk, asked = replay(interview_, []), []
    yield talk
    while not talk.ended:
        asked.append(data.draw(st.sampled_from(sorted(ids_offered(talk)))))
        talk = replay(interview_, asked)
        yield talk


def line(error="", **fields):
    return Line(who="interviewer", text="So it was.", error=error, **fields)


def script(*lines):
    return Script(
        id="flawed",
        version=1,
        title="Flawed",
        lesson="talk",
        points=("1.1",),
        content_note="Nothing happens.",
        setting="A room.",
        lines=lines,
        lesson_learned="Listen.",
    )


# --- Three learners ---

OWED = (  # by a skilled learner, before the time is over
    "who_could_confirm",
    "last_arrival",
    "sent_so_far",
    "list_for_everybody",
    "read_back",
    "close",
)


def held(interview, policy):
    """The interview as a learner with *policy* holds it: a talk goes in, an ask's id comes out."""
    asked = []
    talk = replay(interview, asked)
    while not talk.ended:
        asked.append(policy(talk))
        talk = replay(interview, asked)
    return talk


def skilled(talk):
    """Safety first, then the story in open questions and at its own pace, dates, bars, the end."""
    heard = {turn.ask.id for turn in talk.turns if not turn.unheard}
    due = [name for name in OWED if name not in heard]
    last = talk.turns[-1] if talk.turns else None
    if last and last.paused:
        return WAIT
    if last and last.unheard and "right_language" not in heard:
        return "right_language"
    if talk.left <= len(due) + 2:  # two replies may pause
        return due[0]
    first = [name for name in (*SAFETY, "free_account") if name not in heard]
    new = [a for a in talk.offered if a.id not in heard and a.topic != "end" and a.form == "open"]
    came_up = {thread: turn.number for turn in talk.turns for thread in turn.opened}
    new.sort(key=lambda a: max((came_up[thread] for thread in a.needs), default=0), reverse=True)
    return next(iter((*first, *(a.id for a in new if not a.better), *due)))


def careless(talk):
    """Into the story, then closed, compound and needless questions as they stand in the bank."""
    forms = ("closed", "compound", "needless")
    return _least_asked(talk, [a for a in talk.offered if a.form in forms])


def harmful(talk):
    """What hurts: leading, insensitive, promise, advice; a closed question where none is new."""
    hurts = [a for a in talk.offered if a.form in ("leading", "insensitive") or a.critical_error]
    return _least_asked(talk, [*hurts, *(a for a in talk.offered if a.form == "closed")])


def _least_asked(talk, asks):
    """The first of *asks* that was asked least often; the story is asked for at the very start."""
    asked = [turn.ask.id for turn in talk.turns]
    return min(asks, key=lambda a: asked.count(a.id)).id if asked else "free_account"

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import EnvironmentFault, ExitCode, InputError
from assistant.sessions.store import FILE_NAME, SessionStore
from assistant.sessions.turns import compact
from tests.unit.answers import answer, comparison, refusal


class Clock:
    """A second passes with every look."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 7, 55, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore.open(tmp_path, now=Clock())


def test_a_question_is_on_disk_before_it_is_answered(store: SessionStore, tmp_path: Path) -> None:
    session = store.create()
    store.begin(session.id, "Does BBz senesce?")

    # Another connection stands for the process after this one was killed.
    survivor = SessionStore.open(tmp_path)
    (turn,) = survivor.turns(session.id)
    assert (turn.question, turn.kind, turn.payload) == ("Does BBz senesce?", "pending", None)
    assert survivor.get("latest").title == "Does BBz senesce?"


def test_an_answer_comes_back_equal(store: SessionStore) -> None:
    session = store.create()
    given = answer("Does BBz senesce?")
    store.finish(
        store.begin(session.id, given.question), "answer", given.to_json(), resolved="Do BBz?", seconds=0.25
    )

    (turn,) = store.turns(session.id)
    assert turn.answer is not None and turn.answer.to_json() == given.to_json()
    assert (turn.resolved, turn.seconds, turn.n) == ("Do BBz?", 0.25, 1)


def test_a_refusal_and_a_what_if_come_back_as_such(store: SessionStore) -> None:
    session = store.create()
    store.finish(store.begin(session.id, "zinc?"), "refusal", refusal("zinc?").to_json())
    store.finish(store.begin(session.id, "bbz vs 28z"), "whatif", comparison())

    first, second = store.turns(session.id)
    assert first.answer is not None and first.answer.near_misses == refusal("zinc?").near_misses
    assert second.answer is None and second.payload == comparison()


def test_search_finds_questions_answers_and_cited_authors_by_every_word(store: SessionStore) -> None:
    one, two = store.create(), store.create()
    store.finish(store.begin(one.id, "Does BBz senesce?"), "answer", answer("q").to_json())
    store.finish(store.begin(two.id, "zinc?"), "refusal", refusal("zinc?").to_json())

    assert [match.session.id for match in store.search("Kenderian")] == [one.id]
    assert [match.session.id for match in store.search("zinc")] == [two.id]
    assert [match.session.id for match in store.search("senesc")] == [one.id], (
        "the last word may be a beginning"
    )
    assert store.search("senesce zinc") == (), "all words must occur in one turn"
    assert "«" in store.search("zinc")[0].snippet


@pytest.mark.parametrize("query", ['"', "OR AND", "bbz:*", "a' OR 1=1 --", "(", "NEAR("])
def test_search_takes_any_text_as_words(store: SessionStore, query: str) -> None:
    store.begin(store.create().id, "Does BBz senesce?")
    if any(c.isalnum() for c in query):
        assert isinstance(store.search(query), tuple)
    else:
        with pytest.raises(InputError, match="empty"):
            store.search(query)


def test_sessions_come_with_the_one_used_last_first(store: SessionStore) -> None:
    one, two = store.create(), store.create()
    store.begin(two.id, "second")
    store.begin(one.id, "first")
    assert [session.id for session in store.recent()] == [one.id, two.id]
    assert store.get("latest").id == one.id
    assert [session.id for session in store.recent(1)] == [one.id]


def test_ids_are_short_unique_and_sorted_by_age(store: SessionStore) -> None:
    ids = [store.create().id for _ in range(50)]
    assert ids == sorted(ids) and len(set(ids)) == 50
    assert all(len(name) == 11 and name.startswith("261123-") for name in ids)


def test_two_sessions_of_the_same_second_get_different_ids(tmp_path: Path) -> None:
    store = SessionStore.open(tmp_path, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert store.create().id != store.create().id


def test_a_session_is_named_by_an_unambiguous_beginning(store: SessionStore) -> None:
    one, two = store.create(), store.create()
    assert store.get(one.id).id == one.id
    with pytest.raises(InputError, match="fits 2 sessions"):
        store.get("261123")
    with pytest.raises(InputError, match="No session 'x'"):
        store.get("x")
    with pytest.raises(InputError, match="No session"):
        store.get("%")
    assert two.id != one.id


def test_a_removed_session_is_gone_from_the_search_too(store: SessionStore) -> None:
    session = store.create()
    store.finish(store.begin(session.id, "zinc?"), "refusal", refusal("zinc?").to_json())
    store.remove(session.id)
    assert store.recent() == () and store.search("zinc") == ()


def test_a_new_title_stays_when_more_is_asked(store: SessionStore) -> None:
    session = store.create()
    store.begin(session.id, "first")
    store.rename(session.id, "Domains")
    store.begin(session.id, "second")
    assert store.get(session.id).title == "Domains"


def test_a_long_question_gives_a_title_of_one_line(store: SessionStore) -> None:
    session = store.create()
    store.begin(session.id, "why\n" + "so long " * 40)
    title = store.get(session.id).title
    assert "\n" not in title and len(title) <= 72 and title.endswith("…")


def test_the_input_history_holds_each_question_once_oldest_first(store: SessionStore) -> None:
    session = store.create()
    for question in ("a", "b", "a"):
        store.begin(session.id, question)
    assert store.questions() == ("b", "a")


def test_odd_characters_survive_or_are_replaced_but_never_lose_the_turn(store: SessionStore) -> None:
    session = store.create()
    store.begin(session.id, "nul \x00 escape \x1b[31m lone \ud800 emoji 🧬")
    (turn,) = store.turns(session.id)
    assert turn.question == "nul \x00 escape \x1b[31m lone ? emoji 🧬"


def test_a_damaged_file_is_set_aside_and_never_deleted(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 100)
    with pytest.raises(EnvironmentFault, match="damaged") as caught:
        SessionStore.open(tmp_path)
    assert caught.value.exit_code == ExitCode.ENVIRONMENT

    (kept,) = tmp_path.glob("sessions.damaged-*.sqlite")
    assert kept.read_bytes().startswith(b"not a database") and kept.name in str(caught.value)
    assert SessionStore.open(tmp_path).recent() == (), "the next start has an empty history"


def test_damage_in_the_middle_of_the_file_is_noticed_when_it_is_read(tmp_path: Path) -> None:
    store = SessionStore.open(tmp_path)
    session = store.create()
    for number in range(60):
        store.finish(store.begin(session.id, f"question {number}"), "answer", answer("q").to_json())
    store.close()
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with pytest.raises(EnvironmentFault, match="damaged"):
        SessionStore.open(tmp_path).turns(session.id)
    assert list(tmp_path.glob("sessions.damaged-*.sqlite"))


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    SessionStore.open(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(EnvironmentFault, match="newer Senescope"):
        SessionStore.open(tmp_path)
    assert (tmp_path / FILE_NAME).exists() and not list(tmp_path.glob("*damaged*"))


def test_a_home_that_is_no_folder_is_reported_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFault, match="--home"):
        SessionStore.open(tmp_path / "file")


def test_a_failed_write_changes_nothing(store: SessionStore) -> None:
    session = store.create()
    with pytest.raises(EnvironmentFault, match="no longer in the history"):
        store.begin("no such session", "lost?")
    assert store.turns(session.id) == () and store.search("lost") == ()


def test_a_what_if_is_stored_with_curves_of_six_digits_and_everything_else_whole() -> None:
    given = comparison()
    given["series"] = {"t": [0.0, 1 / 3], "A": {"H": {"median": [1234567.89, None]}}}
    kept = compact(given)
    assert kept["series"] == {"t": [0.0, 0.333333], "A": {"H": {"median": [1234570.0, None]}}}
    assert {**kept, "series": None} == {**given, "series": None}


def test_the_latest_turns_and_those_before_them_are_read_alone(store: SessionStore) -> None:
    session = store.create("long").id
    other = store.create("other").id
    for number in range(7):
        store.begin(other, "elsewhere")
        store.finish(store.begin(session, f"q{number}"), "whatif", {"run": {"id": f"w{number}"}})
    latest = store.turns(session, last=3)
    assert [turn.question for turn in latest] == ["q4", "q5", "q6"]
    before = store.turns(session, last=3, before=latest[0].id)
    assert [turn.question for turn in before] == ["q1", "q2", "q3"]
    assert [turn.question for turn in store.turns(session, last=3, before=before[0].id)] == ["q0"]
    assert len(store.turns(session)) == 7
    assert store.holds_run(session, "w5") and not store.holds_run(session, "w")
    assert not store.holds_run(other, "w5")

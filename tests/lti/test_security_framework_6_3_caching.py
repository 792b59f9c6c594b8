"""Security Framework 1.0, 6.3, key set addresses: how long a set is kept, and who waits when it is fetched."""

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti.adapter.http import Unreachable
from lti.adapter.platform_keys import PlatformKeys
from lti.demo_platform.keys import new_key
from lti.errors import LaunchRefused
from tests.lti.platforms import ByHand, Clock, Door, platform, said, together

KEY = new_key().as_dict(private=False) | {"use": "sig", "alg": "RS256"}


def keys_of(answers, **how):
    """The key sets of a process whose platforms answer so; their HTTP client and clock beside."""
    http, clock = ByHand(answers, **how), Clock()
    return PlatformKeys(http, clock), http, clock


def a_set(*kids, **headers):
    return said({"keys": [KEY | {"kid": kid} for kid in kids]}, **headers)


@pytest.mark.parametrize(
    ("header", "fresh", "stale"),
    [
        ("max-age=1800", 1799, 1801),
        ("public, max-age = 1800", 1799, 1801),
        ('max-age="1800"', 1799, 1801),
        ("MAX-AGE=1800", 1799, 1801),
        ("max-age=0", 299, 301),
        ("max-age=1", 299, 301),
        ("no-store", 299, 301),
        ("no-cache, max-age=1800", 299, 301),
        ("max-age=31536000", 86_399, 86_401),
        ("s-maxage=99999, max-age=1800", 1799, 1801),
        ("", 3599, 3601),
        ("max-age=-5", 3599, 3601),
        ("max-age=soon", 3599, 3601),
        ("max-age=" + "9" * 400, 3599, 86_401),
    ],
)
def test_a_set_is_kept_as_its_headers_say_between_five_minutes_and_a_day(header, fresh, stale):
    keys, http, clock = keys_of(lambda _url: a_set("a", Cache_Control=header))
    keys.key_of(platform(), "a")

    clock.wait(fresh)
    keys.key_of(platform(), "a")
    assert len(http.asked) == 1

    clock.wait(stale - fresh)
    keys.key_of(platform(), "a")
    assert len(http.asked) == 2


def test_the_key_of_one_platform_is_none_of_another():
    keys, _http, _clock = keys_of(lambda url: a_set("a" if "lms1" in url else "b"))
    assert keys.key_of(platform(1), "a")

    with pytest.raises(LaunchRefused):
        keys.key_of(platform(2), "a")


def test_a_platform_that_moved_its_set_is_asked_at_the_new_address():
    keys, http, _clock = keys_of(lambda _url: a_set("a"))
    keys.key_of(platform(), "a")
    keys.key_of(platform(jwks_url="https://lms1.example/new"), "a")

    assert http.asked == ["https://lms1.example/jwks", "https://lms1.example/new"]


def test_a_short_outage_shuts_nobody_out_and_one_of_a_day_does():
    up = True

    def answers(_url):
        if not up:
            raise Unreachable("ConnectionError")
        return a_set("a")

    keys, http, clock = keys_of(answers)
    keys.key_of(platform(), "a")
    up = False
    clock.wait(3601)
    for _ in range(3):
        assert keys.key_of(platform(), "a")
    assert len(http.asked) == 2  # and it is not asked at every launch meanwhile

    clock.wait(24 * 3600)
    with pytest.raises(LaunchRefused):
        keys.key_of(platform(), "a")
    up = True
    assert keys.key_of(platform(), "a")


def test_a_platform_that_hangs_is_asked_once_for_all_who_wait():
    keys, http, _clock = keys_of(lambda _url: a_set("a"), held="lms1")
    ended = together(lambda: keys.key_of(platform(1), "a"), 8)
    assert http.waiting.wait(30)

    keys.key_of(platform(2), "a")  # others are not kept waiting
    http.let_go()

    assert all(isinstance(one, RSAPublicKey) for one in ended())
    assert http.asked.count("https://lms1.example/jwks") == 1


def test_who_waited_shares_its_failure_and_the_next_after_recovery_gets_in():
    def answers(_url):
        raise Unreachable("ReadTimeout")

    keys, http, _clock = keys_of(answers, held="lms1")
    first = together(lambda: keys.key_of(platform(), "a"), 1)
    assert http.waiting.wait(30)
    found = keys._sets[(1, "https://lms1.example/jwks")]
    door = Door(found.lock)
    found.lock = door
    others = together(lambda: keys.key_of(platform(), "a"), 7)
    door.until(7)
    http.let_go()

    came = [*first(), *others()]
    assert [type(one) for one in came] == [LaunchRefused] * 8
    assert len(http.asked) == 1
    http.answers = lambda _url: a_set("a")
    assert keys.key_of(platform(), "a")


def test_whose_key_is_known_does_not_wait_while_the_set_is_read_anew():
    keys, http, clock = keys_of(lambda _url: a_set("a"))
    keys.key_of(platform(), "a")
    clock.wait(3601)
    http._held = "lms1"
    slow = together(lambda: keys.key_of(platform(), "a"), 1)
    assert http.waiting.wait(30)

    assert keys.key_of(platform(), "a")
    http.let_go()
    assert isinstance(slow()[0], RSAPublicKey)


def test_the_key_set_is_fetched_once_for_many_launches_and_once_after_a_rotation(sqlite_school):
    fetched = lambda: sum(call.service == "jwks" for call in sqlite_school.lms.requests)  # noqa: E731
    for _ in range(20):
        assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetched() == 1

    sqlite_school.lms.rotate_key(keep_old=False)
    for _ in range(20):
        assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetched() == 2


def test_strangers_cannot_make_us_fetch_for_each_request(sqlite_school):
    for number in range(10):
        assert sqlite_school.launch("sam", "home", header={"kid": f"made-up-{number}"}).status_code == 403

    assert sum(call.service == "jwks" for call in sqlite_school.lms.requests) <= 2
    assert sqlite_school.refused() == {"key": 10}


@pytest.mark.parametrize("trouble", [500, 404, "timeout"])
def test_a_key_set_that_cannot_be_read_refuses_until_it_can(sqlite_school, trouble):
    sqlite_school.lms.fail("jwks", trouble)
    assert sqlite_school.launch("sam", "home").status_code == 403
    assert sqlite_school.refused() == {"key_set": 1}

    sqlite_school.lms.recover()
    assert sqlite_school.launch("sam", "home").status_code == 303


def test_a_storm_of_unknown_key_ids_is_one_fetch_every_few_seconds_and_nobody_else_waits():
    keys, http, clock = keys_of(lambda _url: a_set("a"))
    keys.key_of(platform(), "a")
    numbers = itertools.count()
    http._held = "lms1"

    storm = together(lambda: keys.key_of(platform(), f"made-up-{next(numbers)}"), 10)
    assert http.waiting.wait(30)
    assert keys.key_of(platform(), "a")  # whose key is known
    http.let_go()
    assert [type(one) for one in storm()] == [LaunchRefused] * 10
    assert len(http.asked) == 2

    for seconds, fetches in ((4.9, 2), (0.2, 3), (4.9, 3), (0.2, 4)):
        clock.wait(seconds)
        together(lambda: keys.key_of(platform(), f"made-up-{next(numbers)}"), 10)()
        assert len(http.asked) == fetches


def test_a_new_key_gets_in_at_its_first_use_however_many_come_with_it():
    keys, http, _clock = keys_of(lambda _url: a_set("old"))
    keys.key_of(platform(), "old")
    http.answers = lambda _url: a_set("old", "new")

    came = together(lambda: keys.key_of(platform(), "new"), 10)()

    assert all(isinstance(one, RSAPublicKey) for one in came)
    assert len(http.asked) == 2
    assert keys.key_of(platform(), "old")  # while it is published

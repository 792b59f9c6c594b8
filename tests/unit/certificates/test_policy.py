import secrets
from datetime import UTC, datetime

import pytest

from portal.certificates.pdf.names import name_mistake
from portal.certificates.policy import (
    ALPHABET,
    CertificateState,
    content_disposition,
    plain_file_name,
    random_code,
    read_code,
    spelled,
    state_of,
    tidy_name,
)
from tests.unit.certificates.samples import NAMES

ONCE = datetime(2021, 1, 8, tzinfo=UTC)


def test_a_code_holds_a_hundred_random_bits():
    asked = []

    def bits(count):
        asked.append(count)
        return (1 << count) - 1

    assert random_code(bits) == "Z" * 20
    assert asked == [100]
    assert len({random_code(secrets.randbits) for _ in range(200)}) == 200


def test_a_code_is_read_however_it_was_typed():
    code = "7Q4MK2XD9RFT3HWB8N01"

    assert spelled(code) == "7Q4MK-2XD9R-FT3HW-B8N01"
    for typed in (code, spelled(code), spelled(code).lower(), " 7q4mk 2xd9r ft3hw b8noi "):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "7Q4M", "7Q4MK2XD9RFT3HWB8N0U", "../../etc/passwd", "é" * 20])
def test_what_cannot_be_a_code_is_none(typed):
    assert read_code(typed) is None


def test_the_alphabet_has_no_letter_that_reads_as_a_digit():
    assert not set("OILU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32


@pytest.mark.parametrize(
    ("drawn", "replaced_at", "revoked_at", "state"),
    [
        (False, None, None, CertificateState.PREPARING),
        (True, None, None, CertificateState.CURRENT),
        (True, ONCE, None, CertificateState.REPLACED),
        (False, ONCE, None, CertificateState.REPLACED),
        (True, ONCE, ONCE, CertificateState.REVOKED),
    ],
)
def test_what_a_certificate_stands_for(drawn, replaced_at, revoked_at, state):
    assert state_of(drawn=drawn, replaced_at=replaced_at, revoked_at=revoked_at) is state


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_the_list_is_refused(name):
    assert name_mistake(tidy_name(name)) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("", "Write your name", id="empty"),
        pytest.param("– . –", "Write your name", id="no letter"),
        pytest.param("Þórdís Björnsdóttir 🎉", "cannot show 🎉", id="emoji"),
        pytest.param("Jé ❤️", "cannot show ❤", id="emoji of two characters"),
        pytest.param("Ana \ue000", "one of the characters", id="private use"),
        pytest.param("Ana " + "Beatriz " * 20, "holds 120 characters", id="too many characters"),
        pytest.param("W" * 120, "too wide", id="too wide"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_with_the_reason(name, says):
    assert says in (name_mistake(tidy_name(name)) or "")


def test_a_name_is_kept_composed_and_without_what_turns_text_round():
    assert tidy_name("  Zoe\u0308 \u202e O’Brien\x00\n") == "Zoë O’Brien"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Zoë O’Brien-Núñez, DNP", "Course-Zoe-OBrien-Nunez-DNP-completion.pdf"),
        ("Łucja Świętosława", "Course-Lucja-Swietoslawa-completion.pdf"),
        ("Nguyễn Thị Ánh Tuyết", "Course-Nguyen-Thi-Anh-Tuyet-completion.pdf"),
        ("Екатерина Рождественская", "Course-Ekaterina-Rozhdestvenskaya-completion.pdf"),
        ("Ελένη Παπαδοπούλου, MD", "Course-Eleni-Papadopoyloy-MD-completion.pdf"),
        ("王小明", "Course-completion.pdf"),
        ('a"b\r\nSet-Cookie: x', "Course-a-b-Set-Cookie-x-completion.pdf"),
    ],
)
def test_a_download_is_named_in_plain_letters(name, file):
    assert plain_file_name("Course", name, "completion") == file


def test_the_full_name_stands_beside_the_plain_one():
    header = content_disposition("Course", "王小明", "completion")

    assert header == (
        'attachment; filename="Course-completion.pdf"; '
        "filename*=UTF-8''Course%20-%20%E7%8E%8B%E5%B0%8F%E6%98%8E%20-%20completion.pdf"
    )

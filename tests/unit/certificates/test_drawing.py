"""What comes out of the drawing, by other people's tools: poppler, pikepdf, page-validation, zbar."""

import io
import re
import subprocess
from dataclasses import replace

import page
import pikepdf
import pytest

from portal.certificates.pdf.drawing import CannotDraw, draw, has_fast_subsetting
from portal.certificates.pdf.printed import Fact, Signature
from tests.unit.certificates.samples import COMPLETION, NAMES, PHYSICIAN, TITLES


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def raster(pdf: bytes, dpi: int = 110) -> bytes:
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def qr_of(pdf: bytes, tmp_path) -> list[str]:
    picture = tmp_path / "page.pgm"
    picture.write_bytes(raster(pdf))
    found = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, check=True)
    return found.stdout.decode().split()


@pytest.mark.parametrize("certificate", [COMPLETION, PHYSICIAN], ids=["completion", "CE sample"])
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_a_certificate_is_accessible_by_104_rules(certificate, paper):
    pdf = draw(replace(certificate, paper=paper))

    report = page.validate_pdf_bytes(pdf, profile="ua1")

    assert "0 failed" in str(report), str(report)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert document.Root.Lang == "en"
        assert bool(document.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in document.Root
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)


@pytest.mark.parametrize(("paper", "points"), [("letter", (792, 612)), ("a4", (842, 595))])
def test_the_paper_is_the_one_asked_for(paper, points):
    with pikepdf.open(io.BytesIO(draw(replace(COMPLETION, paper=paper)))) as document:
        box = [float(edge) for edge in document.pages[0].mediabox]

    assert (round(box[2]), round(box[3])) == points


def test_every_font_is_embedded():
    listed = subprocess.run(["pdffonts", "-"], input=draw(PHYSICIAN), capture_output=True, check=True)
    rows = listed.stdout.decode().splitlines()[2:]

    assert len(rows) >= 3
    assert all(re.search(r"\byes (yes|no) +yes\b", row) for row in rows), rows


def test_the_words_come_out_in_reading_order():
    words = " ".join(text_of(draw(COMPLETION)).split())

    places = [
        words.index(part)
        for part in (
            "Certificate of Completion",
            "This certifies that",
            "Zoë O’Brien-Núñez, DNP, RN, CPHQ",
            "has completed the online course with coaching",
            "Leadership and Organizing for Change",
            "fifteen weeks",
        )
    ]
    assert places == sorted(places)
    for part in (
        "September 24, 2020",
        "9.00",
        "No. LOC-2020-0147",
        "Lead faculty",
        "7Q4MK-2XD9R-FT3HW-B8N2C",
    ):
        assert part in words


def test_small_capitals_keep_their_letters():
    assert "Institute for Healthcare Improvement" in " ".join(text_of(draw(COMPLETION)).split())


def test_a_sample_says_so_first():
    words = " ".join(text_of(draw(PHYSICIAN)).split())

    assert words.startswith("SAMPLE · wording not confirmed by the provider")


@pytest.mark.parametrize("certificate", [COMPLETION, PHYSICIAN], ids=["wide", "tall"])
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_qr_code_opens_the_public_page(certificate, paper, tmp_path):
    assert qr_of(draw(replace(certificate, paper=paper)), tmp_path) == [certificate.verify_url]


def test_a_long_address_still_scans(tmp_path):
    address = "https://learning-portal.department-of-improvement.hospital.example.org/lectern/verify/7Q4MK2XD9RFT3HWB8N2C"

    assert qr_of(draw(replace(COMPLETION, verify_url=address)), tmp_path) == [address]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_drawn_on_one_accessible_page(name):
    pdf = draw(replace(COMPLETION, name=name))

    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert name in str(document.docinfo["/Title"])
    assert "0 failed" in str(page.validate_pdf_bytes(pdf, profile="ua1"))


@pytest.mark.parametrize("title", TITLES)
def test_a_long_title_moves_nothing_below_it(title):
    def place_of_number(pdf: bytes) -> str:
        boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
        found = re.search(r'yMin="([\d.]+)"[^>]*>LOC-2020-0147<', boxes.stdout.decode())
        assert found
        return found[1]

    assert place_of_number(draw(replace(COMPLETION, course=title))) == place_of_number(draw(COMPLETION))


def test_the_same_row_gives_the_same_bytes():
    assert draw(PHYSICIAN) == draw(PHYSICIAN)


@pytest.mark.parametrize("certificate", [COMPLETION, PHYSICIAN], ids=["wide", "tall"])
def test_the_short_cuts_draw_the_same_page(certificate):
    draw(certificate)  # so that the kept drawings are replayed

    assert raster(draw(certificate)) == raster(draw(certificate, quick=False))


def test_a_picture_that_is_missing_stops_the_drawing():
    with pytest.raises(CannotDraw, match=r"not among the certificates' art: nowhere\.svg"):
        draw(replace(COMPLETION, logo="art/nowhere.svg"))


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "../css/base.css", "http://127.0.0.1:1/logo.svg", "ftp://example.org/logo.svg"],
)
def test_the_drawing_fetches_nothing_but_its_own_art(address):
    with pytest.raises(CannotDraw):
        draw(replace(COMPLETION, signatures=(Signature("Kate Hilton", "Lead faculty", address),)))


def test_a_logo_of_ours_is_drawn_with_its_name_for_readers():
    pdf = draw(replace(COMPLETION, logo="art/logo-sample.svg"))

    assert b"Institute for Healthcare Improvement" in _alternatives(pdf)


def test_a_name_with_emoji_is_never_drawn():
    with pytest.raises(CannotDraw, match="🎉"):
        draw(replace(COMPLETION, name="Þórdís 🎉"))


def test_a_statement_that_would_run_into_the_facts_is_refused():
    with pytest.raises(CannotDraw, match="more than 2 lines"):
        draw(replace(COMPLETION, statement=("word " * 90,)))


def test_markup_in_a_fact_is_printed_as_it_stands():
    pdf = draw(replace(PHYSICIAN, facts=(Fact("Physician", "<b>New</b> & York"),)))

    assert "<b>New</b> & York" in text_of(pdf)


def test_the_fast_subsetter_is_there():
    assert has_fast_subsetting(), "libharfbuzz-subset0 is missing: every drawing takes seven times as long"


def _alternatives(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        texts = [
            str(item.Alt)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    return "\n".join(texts).encode()

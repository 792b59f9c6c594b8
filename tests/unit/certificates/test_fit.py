from itertools import product

import pytest

from portal.certificates.pdf.fit import TooLong, fit, paragraph, split_credentials
from tests.unit.certificates.samples import NAMES, TITLES


@pytest.mark.parametrize("shape", ["wide", "tall"])
@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_list_fits_both_papers(name, shape):
    fitted = fit(name, shape, "name")

    assert fitted.text == name
    assert len(fitted.html.split("<br/>")) <= 3


@pytest.mark.parametrize(("title", "shape"), list(product(TITLES, ["wide", "tall"])))
def test_every_title_of_the_list_fits_both_papers(title, shape):
    assert fit(title, shape, "course").text == title


@pytest.mark.parametrize(
    ("name", "step"),
    [
        pytest.param("Ng", "n48", id="short"),
        pytest.param("Zoë O’Brien-Núñez, DNP, RN, CPHQ", "n48", id="with credentials on its line"),
        pytest.param(
            "Jean-Baptiste Saint-Exupéry-Lacroix de la Tour-du-Pin, MBBS", "n30-2", id="on two lines"
        ),
    ],
)
def test_a_name_takes_the_largest_step_that_holds_it(name, step):
    assert fit(name, "wide", "name").fit == step


def test_credentials_are_told_from_the_name():
    assert split_credentials("Zoë O’Brien, DNP, RN") == ("Zoë O’Brien, ", "DNP, RN")
    assert split_credentials("Martin Kingsley, Jr., MD") == ("Martin Kingsley, Jr., ", "MD")
    assert split_credentials("William Foster, III") == ("William Foster, III", "")


def test_a_name_written_from_right_to_left_says_so():
    fitted = fit("ليلى حسن, MD", "wide", "name")

    assert (fitted.dir, fitted.lang) == ("rtl", "ar")


def test_markup_in_a_name_is_text():
    assert "<b>" not in fit("<b>Ng</b> & Söhne", "wide", "name").html


def test_what_no_step_holds_is_refused():
    with pytest.raises(TooLong):
        fit("W" * 120, "tall", "name")


def test_a_statement_is_evened_out_and_its_stars_slant():
    html = paragraph("designated for a maximum of 9.00 *AMA PRA Category 1 Credits*™ & no more", 20)

    assert "<i>AMA" in html
    assert "&amp;" in html
    assert len(html.splitlines()) > 1


def test_an_empty_statement_is_nothing():
    assert paragraph("", 40) == ""

"""Tables to take away open cleanly and run nothing."""

import pytest

from portal.core.tables import csv_table, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_is_only_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Ana", "a=b", 7, -1, 2.5, "2026-10-08", "Nguyễn"])
def test_everything_else_stays_as_it_is(value):
    assert safe_cell(value) == value


def test_the_table_is_utf_8_with_a_bom_and_none_is_empty():
    assert csv_table(["name", "n"], [["Ana, Çelik", None]]) == '\ufeffname,n\r\n"Ana, Çelik",\r\n'.encode()

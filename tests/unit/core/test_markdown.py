"""Authors' text on pages."""

import pytest

from portal.core.markdown import to_html, to_inline_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("Two *short* words", "<p>Two <em>short</em> words</p>\n", id="emphasis"),
        pytest.param('Say "yes"', "<p>Say “yes”</p>\n", id="typographer's quotes"),
        pytest.param("(c) of three", "<p>(c) of three</p>\n", id="a listed letter stays one"),
        pytest.param("# Top\n\n## Next", "<h3>Top</h3>\n<h3>Next</h3>\n", id="headings below ours"),
        pytest.param("a <script>x</script>", "<p>a &lt;script&gt;x&lt;/script&gt;</p>\n", id="HTML is text"),
        pytest.param("![dot](http://track.example/x.png)", "<p></p>\n", id="no pictures from elsewhere"),
        pytest.param(
            "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n", id="no script in a link"
        ),
    ],
)
def test_markdown_becomes_safe_html(text, html):
    assert to_html(text) == html


def test_a_line_has_no_paragraph():
    assert to_inline_html("Hilton K. *Leadership*, 431.") == "Hilton K. <em>Leadership</em>, 431."

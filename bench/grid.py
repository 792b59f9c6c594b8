"""Row 10: the register of a call with 500 learners."""

from collections.abc import Iterator
from time import process_time

from flask import render_template, template_rendered
from markupsafe import escape

from bench.measure import Row, at_most, in_turns
from bench.place import cohort_of, sqlite_world
from portal.attendance.pages.register import AttendanceRow, CallAttendancePage

LEARNERS = 500


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        cohort = cohort_of(world, LEARNERS)
        browser = world.browser(world.coach(cohort))
        url = f"/c/{cohort.slug}/calls/1/attendance"
        assert browser.post(url, data={"rest": "present"}).status_code == 303
        seen = []
        with template_rendered.connected_to(lambda _app, context, **_: seen.append(context), world.app):
            with browser.client:  # keeps the request, and with it who is signed in
                html = browser.get(url).get_data(as_text=True)
                page = next(context["page"] for context in seen if "page" in context)
                head, tail = html[: html.index("<tr id=r")], html[_end(html) :]

                def floor() -> str:
                    return head + "".join([row_of(row, page) for row in page.rows]) + tail

                # The floor is the same page, byte for byte: where the template changed, so must row_of.
                assert floor() == html, difference(floor(), html)
                pair = in_turns(
                    floor,
                    lambda: render_template("attendance/register.html", page=page),
                    rounds=31,
                    clock=process_time,
                )
        size = round(len(html.encode()) / 1000)
        what = f"register of {LEARNERS} learners x {len(page.choices)} marks, rendered"
        others = {"kB": size, "at_most_250_kB": size <= 250}
        yield at_most("10", what, "f-strings, the same bytes", pair, 1.8, **others)


def row_of(row: AttendanceRow, page: CallAttendancePage) -> str:
    """What `templates/attendance/_rows.html` writes for one learner."""
    buttons = "".join(
        [
            f"<button name=mark value={row.id}-{choice.value}"
            f"{' aria-pressed=true' if choice.value == row.status else ''}>{choice.words}</button>"
            for choice in page.choices
        ]
    )
    return (
        f"<tr id=r{row.id}><th scope=row><label><input type=checkbox name=enrollment value={row.id}> "
        f"{escape(row.name)}</label></th><td>{buttons}</td><td class={row.status or 'none'}>"
        f"{escape(row.state)}</td><td>{escape(row.source)}</td></tr>\n"
    )


def _end(html: str) -> int:
    """Where the last row of the register ends, its line break included."""
    last = html.rindex("<tr id=r")
    return html.index("</tr>", last) + len("</tr>\n")


def difference(floor: str, html: str) -> str:
    """Where two pages part, for who mends the floor."""
    at = next(
        (n for n, (a, b) in enumerate(zip(floor, html, strict=False)) if a != b), min(len(floor), len(html))
    )
    return f"floor: …{floor[max(at - 60, 0) : at + 120]!r}\npage:  …{html[max(at - 60, 0) : at + 120]!r}"

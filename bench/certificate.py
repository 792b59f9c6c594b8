"""Rows 1 to 3 and 13: drawing a certificate."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from time import process_time

from bench.measure import Row, at_most, in_turns, milliseconds
from portal.certificates.pdf.printed import Fact, PrintedCertificate, Signature

STATEMENT = (
    "This certifies that the participant named above has taken part in the course and met the requirements "
    "that its faculty set."
)


def certificate(name: str = "Anna-Lena Fürstenberg") -> PrintedCertificate:
    """A certificate of completion with all it can carry: signatures, QR code, seal, tags."""
    return PrintedCertificate(
        shape="wide",
        title="Certificate of Completion",
        provider="Lectern School of Health",
        name=name,
        course="Leadership and Organizing for Change",
        certifies="This certifies that",
        has_done="has completed the course",
        facts=(
            Fact("Dates", "September 24, 2026\nto December 8, 2026"),
            Fact("Format", "Online, with live calls"),
            Fact("Certificate", "7Q2M-K4WD-9XTE"),
        ),
        verify_url="https://portal.example.org/verify/7Q2MK4WD9XTE",
        code="7Q2MK4WD9XTE",
        issued_on=date(2026, 12, 9),
        statement=(STATEMENT,),
        signatures=(Signature("Kate B. Hilton", "Faculty"), Signature("Marshall Ganz", "Faculty")),
    )


def rows() -> Iterator[Row]:
    from weasyprint import HTML

    from portal.certificates.pdf import drawing

    # Without HarfBuzz's subsetter every number here means something else.
    assert drawing.has_fast_subsetting(), "libharfbuzz-subset0 is not loaded: run `make setup`"

    bench, printed = drawing._bench(), certificate()

    def empty_page() -> None:
        HTML(string="<!doctype html><html lang=en><title>x</title><p>x").write_pdf(font_config=bench.fonts)

    pair = in_turns(empty_page, lambda: drawing.draw(printed), clock=process_time)
    yield at_most(
        "1", "warm certificate (pdf/ua-1, QR, logo)", "WeasyPrint, empty page, same fonts", pair, 6.0
    )

    pair = in_turns(reportlab_page, lambda: drawing.draw(printed), clock=process_time)
    yield at_most("2", "warm certificate", "reportlab, the same page with its QR code", pair, 1.1)

    first, warm = first_and_warm()
    yield Row(
        number="3",
        what="first certificate of a worker that warmed up",
        floor="later warm median",
        ratio=first / warm,
        bound="<= 1.3",
        met=first / warm <= 1.3,
        floor_ms=warm,
        subject_ms=first,
    )

    before, after = memory_of_400()
    yield Row(
        number="13",
        what="memory after 400 certificates more",
        floor="memory after the first 50",
        ratio=after / before,
        bound="<= 1.15",
        met=after / before <= 1.15,
        others={"MB_before": round(before / 1024), "MB_after": round(after / 1024)},
    )


def reportlab_page() -> bytes:
    """The same page as reportlab draws it: no shaping, no tags, its own QR widget."""
    import io

    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import landscape, letter
    from reportlab.pdfgen.canvas import Canvas

    printed, out = certificate(), io.BytesIO()
    width, height = landscape(letter)
    canvas = Canvas(out, pagesize=(width, height))
    for margin in (24, 30):
        canvas.rect(margin, margin, width - 2 * margin, height - 2 * margin)
    lines = [(printed.provider, 14), (printed.title, 30), (printed.certifies, 12), (printed.name, 34)]
    lines += [(printed.has_done, 12), (printed.course, 22), *((line, 10) for line in printed.statement)]
    lines += [(f"{fact.label}: {fact.value}", 10) for fact in printed.facts]
    lines += [(f"{signature.name}, {signature.role}", 10) for signature in printed.signatures]
    y = height - 80
    for text, size in lines:
        canvas.setFont("Helvetica", size)
        canvas.drawCentredString(width / 2, y, text.replace("\n", " "))
        y -= size * 1.4
    code = QrCodeWidget(printed.verify_url)
    drawing = Drawing(90, 90)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, width - 140, 50)
    canvas.save()
    return out.getvalue()


def in_a_new_process(expression: str) -> object:
    """The JSON value of `expression`, worked out by a process that has done nothing else."""
    code = f"import json; from bench import certificate as c; print(json.dumps({expression}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def first_and_warm() -> tuple[float, float]:
    """Milliseconds of a warmed-up worker's first certificate and of later ones; medians over processes."""
    runs = [in_a_new_process("c.times_after_warm_up()") for _ in range(5)]
    return median(first for first, _ in runs), median(warm for _, warm in runs)


def times_after_warm_up() -> tuple[float, float]:
    from portal.certificates.pdf import drawing

    drawing.warm_up()
    first = milliseconds(lambda: drawing.draw(certificate()), clock=process_time)
    warm = median(milliseconds(lambda: drawing.draw(certificate()), clock=process_time) for _ in range(15))
    return first, warm


def memory_of_400() -> tuple[int, int]:
    return tuple(in_a_new_process("c.memory_while_drawing(50, 400)"))


def memory_while_drawing(first: int, more: int) -> tuple[int, int]:
    """Resident kilobytes after `first` certificates and after `more`, all of different names."""
    from portal.certificates.pdf import drawing

    peaks = []
    for count in (first, more):
        for number in range(count):
            drawing.draw(certificate(f"Learner Number {number} of {count}"))
        resident = int(Path("/proc/self/statm").read_text().split()[1])
        peaks.append(resident * resource.getpagesize() // 1024)
    return peaks[0], peaks[1]

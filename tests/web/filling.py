"""Fills in a form from its markup alone, as a script or an assistive tool would."""

from dataclasses import dataclass, field

import lxml.html
from werkzeug.datastructures import MultiDict

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50"
    "0f0003860180 5a347d6b0000000049454e44ae426082".replace(" ", "")
)  # fmt: skip


@dataclass
class Filled:
    """A form's controls with values that its markup allows."""

    action: str
    data: MultiDict[str, str] = field(default_factory=MultiDict)
    uploads: list[tuple[str, str]] = field(default_factory=list)  # (name, accept)

    def post(self, /, **more):
        """Keyword arguments for the browser's post: `action` and others over what was filled in."""
        data = MultiDict(self.data)
        for name, value in more.items():
            data[name] = value
        return data


def page_of(answer):
    """The parsed page of an answer."""
    return lxml.html.fromstring(answer.get_data(as_text=True))


def form_of(answer, form_id="work"):
    """The form of that id."""
    (form,) = page_of(answer).xpath(f"//form[@id='{form_id}']")
    return form


def as_drawn(answer, form_id="work"):
    """What a browser would send if nobody typed: hidden fields and what is filled in."""
    form = form_of(answer, form_id)
    filled = Filled(form.get("action"))
    for control in form.xpath(".//input | .//textarea | .//select") + page_of(answer).xpath(
        f"//*[@form='{form_id}']"
    ):
        if control.get("form") and any(name == control.get("name") for name in filled.data):
            continue
        _keep(filled, control)
    return filled


def _keep(filled, control):
    name, kind = control.get("name"), control.get("type")
    if not name or kind == "file" or (kind in ("radio", "checkbox") and control.get("checked") is None):
        return
    if control.tag == "textarea":
        filled.data.add(name, (control.text or "").removeprefix("\n"))
    elif control.tag == "select":
        chosen = control.xpath("./option[@selected]") or control.xpath("./option")
        filled.data.add(name, chosen[0].get("value"))
    else:
        filled.data.add(name, control.get("value", ""))


def filled_in(answer, form_id="work", *, words="Wörter — words", only_required=False):
    """Every control of the form (or the required alone) with a value that its markup allows."""
    form = form_of(answer, form_id)
    filled = as_drawn(answer, form_id)
    seen_radios = set()
    for control in form.xpath(".//input | .//textarea | .//select"):
        name, kind = control.get("name"), control.get("type")
        if not name or kind == "hidden" or (only_required and control.get("required") is None):
            continue
        if kind == "file":
            filled.uploads.append((name, control.get("accept", "")))
        elif kind == "radio":
            if name not in seen_radios and control.get("value"):
                filled.data[name] = control.get("value")
                seen_radios.add(name)
        elif control.tag == "select":
            filled.data[name] = next(o.get("value") for o in control.xpath("./option") if o.get("value"))
        elif kind == "date":
            filled.data[name] = control.get("min", "2020-11-18")
        else:
            text = control.get("placeholder") if control.get("pattern") else words
            filled.data[name] = text[: int(control.get("maxlength", 10_000))]
    return filled

"""Taking files in: looked at by content before anyone owns them, stored whole or not at all."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage, MultiDict

from portal.assignments.policy import MOST_FILES
from portal.assignments.sent import StoredFile
from portal.core.files import FileStore
from portal.core.form_engine.checks import Mistake
from portal.core.form_engine.definition import Form, UploadField, UploadKind
from portal.core.form_engine.file_kinds import KIND_NAMES, MOST_BYTES, kind_of
from portal.core.form_engine.values import Answers, as_files

LONGEST_NAME = 120

# Controls, and the marks that turn the direction of writing round: "gpj.exe" must not read "exe.jpg".
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_ENDINGS = {
    UploadKind.JPG: ("jpg", "jpeg"),
    UploadKind.MD: ("md", "markdown"),
    UploadKind.TXT: ("txt", "text"),
}


SentFiles = MultiDict[str, FileStorage]


@dataclass(frozen=True)
class Received:
    """The files that were stored, and a sentence and a status for each that was refused."""

    stored: tuple[StoredFile, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    status: int = 200


def has_files(form: Form, files: SentFiles) -> bool:
    """Whether any file came at all; an empty control posts a part without a name."""
    return any(True for field in _uploads(form) for file in files.getlist(field.id) if file.filename)


def receive_files(
    form: Form,
    answers: Answers,
    files: SentFiles,
    *,
    known: Iterable[tuple[str, str]],
    store: FileStore,
    new_key: Callable[[], str],
) -> Received:
    """Look at each file and store the good ones. On any error what was stored is removed again.

    `known`: (field, SHA-256) of files kept earlier: the same file sent again is passed over.
    """
    seen = set(known)
    room = MOST_FILES - sum(len(as_files(answers.get(field.id)).ids) for field in _uploads(form))
    stored: list[StoredFile] = []
    mistakes: list[Mistake] = []
    statuses = {200}
    try:
        for field in _uploads(form):
            in_field = len(as_files(answers.get(field.id)).ids)
            for file in files.getlist(field.id):
                if not file.filename:
                    continue
                looked = _looked_at(field, file)
                if isinstance(looked, _Refused):
                    statuses.add(looked.status)
                    mistakes.append(Mistake(field.id, looked.message))
                elif (field.id, looked.sha256) in seen:
                    continue
                elif in_field >= field.max_files or len(stored) >= room:
                    statuses.add(422)
                    most = min(field.max_files, MOST_FILES)
                    mistakes.append(Mistake(field.id, f"“{looked.name}” was not kept: {_at_most(most)}"))
                else:
                    key = new_key()
                    file.stream.seek(0)
                    store.save(key, cast(BinaryIO, file.stream))
                    stored.append(
                        StoredFile(field.id, looked.name, looked.kind, looked.size, looked.sha256, key)
                    )
                    seen.add((field.id, looked.sha256))
                    in_field += 1
    except BaseException:
        for kept in stored:
            store.delete(kept.storage_key)
        raise
    return Received(tuple(stored), tuple(mistakes), max(statuses, key=_WEIGHT.index))


_WEIGHT = [200, 422, 415, 413]


@dataclass(frozen=True)
class _Refused:
    message: str
    status: int


@dataclass(frozen=True)
class _Looked:
    name: str
    kind: UploadKind
    size: int
    sha256: str


def _uploads(form: Form) -> list[UploadField]:
    return [field for field in form.all_fields() if isinstance(field, UploadField)]


def _at_most(most: int) -> str:
    return "one file is taken here" if most == 1 else f"at most {most} files are taken with one submission"


def _looked_at(field: UploadField, file: FileStorage) -> _Looked | _Refused:
    stream, sent_name = cast(BinaryIO, file.stream), file.filename or ""
    said = clean_filename(sent_name, None)
    size = stream.seek(0, 2)
    if size > MOST_BYTES:
        return _Refused(
            f"“{said}” is {size / 1024 / 1024:.0f} MB; files may be up to 25 MB. It was not kept", 413
        )
    if size == 0:
        return _Refused(f"“{said}” is empty. It was not kept", 415)
    kind = kind_of(stream, sent_name)
    if kind is None or kind not in field.accept:
        names = [KIND_NAMES[accepted] for accepted in field.accept]
        wanted = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        what = f" ({KIND_NAMES[kind]} by its content)" if kind else ""
        return _Refused(f"“{said}”{what} is not of a kind taken here: {wanted}. It was not kept", 415)
    stream.seek(0)
    digest = sha256()
    for block in iter(lambda: stream.read(1 << 18), b""):
        digest.update(block)
    return _Looked(clean_filename(sent_name, kind), kind, size, digest.hexdigest())


def clean_filename(name: str, kind: UploadKind | None) -> str:
    """A file's name as it is shown and offered for saving: no folders, nothing unseen, its right ending."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = " ".join(_UNSEEN.sub("", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    allowed = _ENDINGS.get(kind, (kind.value,)) if kind else None
    if kind and allowed and ending.lower() not in allowed:
        stem, ending = (f"{stem}.{ending}" if ending else stem), kind.value
    stem = stem[:LONGEST_NAME].strip() or "file"
    return f"{stem}.{ending}" if ending else stem

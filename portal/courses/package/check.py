"""A package checked as a whole: every mistake at once, each with file, line and sentence."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from portal.core.form_engine.definition import Form
from portal.core.form_engine.expand import expand
from portal.courses.package.cross import CrossCheck
from portal.courses.package.media import DOWNLOADS, IMAGES, TEXTS, Files
from portal.courses.package.parts import FROM_PACKAGE, CallPlan, Cue, Film, Lesson
from portal.courses.package.read import Folder, Problem, Source, Where, read_markdown, read_yaml
from portal.courses.package.schema import FORM_SUFFIX, CourseContent, CourseFile
from portal.courses.package.sentences import mistakes

COURSE_FILE = "course.yaml"
MOST_PROBLEMS = 500  # more help nobody

Model = TypeVar("Model", bound=BaseModel)
FilmType = TypeVar("FilmType", bound=Film)


@dataclass(frozen=True)
class Checked:
    """The outcome. `content` is there when all problems are warnings; `files` are its files by path."""

    problems: tuple[Problem, ...]
    content: CourseContent | None
    files: dict[str, Path]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the package from being loaded."""
        return tuple(problem for problem in self.problems if not problem.is_warning)


def check_package(root: Path) -> Checked:
    """Read and check the package in a folder. Whatever is in there, this does not raise."""
    folder = Folder(root)
    if not root.is_dir():
        return Checked((Problem(str(root), 1, "there is no such folder"),), None, {})
    reader = _Package(folder)
    content = reader.content()
    problems = sorted(set(reader.problems()))
    if any(not problem.is_warning for problem in problems):
        content = None
    return Checked(tuple(problems[:MOST_PROBLEMS]), content, reader.files.found)


class _Package:
    """One reading of a package: sources, what came of them, and what is wrong."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.files = Files(folder)
        self.sources: list[Source] = []

    def problems(self) -> list[Problem]:
        """Everything found so far."""
        return [problem for source in self.sources for problem in source.problems] + self.files.problems

    def content(self) -> CourseContent | None:
        """The whole, or None where a part could not be read."""
        source = self._keep(read_yaml(self.folder, COURSE_FILE))
        course = self._model(CourseFile, source)
        names = course.lessons if course else _plain_names(source.data)
        lessons = [(kept, self._model(Lesson, kept)) for kept in map(self._lesson_source, names)]
        read = [(kept, lesson) for kept, lesson in lessons if lesson is not None]
        forms = self._forms(course, source, read)
        films_read = [(kept, self._with_films(lesson, kept)) for kept, lesson in read]
        if course is None:
            return None
        cross = CrossCheck(course, source, read, forms)
        cross.run()
        calls = tuple(self._with_recording(call, at, source) for at, call in enumerate(course.calls))
        self._other_files(course, source)
        self._warn_of_unused()
        written_out = {path: self._written_out(form, course, kept) for path, (kept, form) in forms.items()}
        if any(not problem.is_warning for problem in self.problems()):
            return None
        facts = course.model_dump(exclude={"lessons", "calls"})
        return CourseContent(
            **facts,
            calls=calls,
            lessons=tuple(lesson for _, lesson in films_read),
            forms=written_out,
            files=self.files.stored(),
        )

    def _keep(self, source: Source) -> Source:
        self.sources.append(source)
        return source

    def _lesson_source(self, name: str) -> Source:
        return self._keep(read_markdown(self.folder, f"lessons/{name}.md"))

    def _model(self, model: type[Model], source: Source) -> Model | None:
        if source.data is None:
            return None
        try:
            # by_name=False: `from` is the author's word, `lowest` only ours.
            read = model.model_validate(source.data, context=FROM_PACKAGE, by_alias=True, by_name=False)
        except ValidationError as problem:
            for line, sentence in mistakes(problem, source):
                source.problem(line, sentence)
            return None
        return read.model_copy(update={"body": source.body}) if isinstance(read, Lesson) else read

    def _forms(
        self, course: CourseFile | None, source: Source, lessons: list[tuple[Source, Lesson]]
    ) -> dict[str, tuple[Source, Form]]:
        """Every form that is named, by path without ending, in the order in which they come up."""
        named: dict[str, tuple[Source, Where]] = {}
        for kept, lesson in lessons:
            for at, item in enumerate(lesson.assignments):
                if item.form is not None:
                    named.setdefault(item.form, (kept, ("assignments", at, "form")))
        if course is not None and course.evaluation is not None:
            named.setdefault(course.evaluation.form, (source, ("evaluation", "form")))
        forms: dict[str, tuple[Source, Form]] = {}
        for path, (by, where) in named.items():
            if self.folder.find(path + FORM_SUFFIX) is None:
                by.problem(by.line_of(where), f"{path}{FORM_SUFFIX} is not in the package")
                continue
            kept = self._keep(read_yaml(self.folder, path + FORM_SUFFIX))
            form = self._model(Form, kept)
            if form is not None:
                forms[path] = (kept, form)
        return forms

    def _written_out(self, form: Form, course: CourseFile, source: Source) -> Form:
        lists = {
            "objectives": [{"objective": objective} for objective in course.objectives],
            "faculty": [{"key": member.key, "name": member.name} for member in course.faculty],
        }
        written_out = expand(form, lists)
        try:
            return Form.model_validate(written_out.model_dump())
        except ValidationError as problem:
            # A question that fits as it stands may not once a name is written into it.
            message = problem.errors(include_input=False, include_url=False)[0]["msg"]
            source.problem(1, f"written out for each of the list: {message.removeprefix('Value error, ')}")
            return form

    def _with_films(self, lesson: Lesson, source: Source) -> Lesson:
        videos = [self._film(video, source, ("videos", at)) for at, video in enumerate(lesson.videos)]
        for at, item in enumerate(lesson.assignments):
            if item.file is not None:
                self.files.named(item.file, DOWNLOADS, source, source.line_of(("assignments", at, "file")))
        for at, resource in enumerate(lesson.resources):
            if resource.file is not None:
                self.files.named(resource.file, DOWNLOADS, source, source.line_of(("resources", at, "file")))
        return lesson.model_copy(update={"videos": tuple(videos)})

    def _with_recording(self, call: CallPlan, at: int, source: Source) -> CallPlan:
        if call.recording is None:
            return call
        film = self._film(call.recording, source, ("calls", at, "recording"))
        return call.model_copy(update={"recording": film})

    def _film(self, film: FilmType, source: Source, where: Where) -> FilmType:
        line = source.line_of(where)
        facts: dict[str, object] = {}
        if self.files.named(film.file, ("mp4",), source, line):
            facts["length_seconds"] = self.files.length_of(film.file)
        if film.captions is not None and self.files.named(film.captions, ("vtt",), source, line):
            cues = self.files.cues_of(film.captions)
            facts["cues"] = tuple(Cue(start=cue.start, end=cue.end, text=cue.text) for cue in cues)
        if film.transcript is not None and self.files.named(film.transcript, TEXTS, source, line):
            facts["transcript_text"] = self.files.text_of(film.transcript)
        return film.model_copy(update=facts)

    def _other_files(self, course: CourseFile, source: Source) -> None:
        if course.certificates.logo is not None:
            self.files.named(
                course.certificates.logo, IMAGES, source, source.line_of(("certificates", "logo"))
            )
        for at, signature in enumerate(course.certificates.signatures):
            if signature.image is not None:
                line = source.line_of(("certificates", "signatures", at))
                self.files.named(signature.image, IMAGES, source, line)

    def _warn_of_unused(self) -> None:
        used = {source.file for source in self.sources} | self.files.mentioned
        for name in self.folder.names():
            if name not in used:
                self.files.problems.append(Problem(name, 1, "nothing in the package names this file", True))


def _plain_names(data: object) -> list[str]:
    """The lessons' names of a course.yaml that has mistakes elsewhere, so that their own are told at once."""
    names = data.get("lessons") if isinstance(data, dict) else None
    plain = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return [name for name in plain[:200] if "/" not in name and name.isprintable()]

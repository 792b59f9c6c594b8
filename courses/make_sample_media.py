"""Makes the sample films of the first course: a moving picture, a spoken text, and captions that match it.

They stand in for the lectures and the recordings of calls, which the provider keeps. Run once by hand; what
it made is committed. Needs ffmpeg (libx264, drawtext), espeak-ng and a Noto or DejaVu font:

    python courses/make_sample_media.py courses/leadership-and-organizing/media
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

PAUSE_SECONDS = 0.45
RATE = 22050  # what espeak-ng writes

FILMS = {
    "sample-a": (
        "Sample lecture A",
        "0x0b5b65",
        [
            "This short film stands in for a lecture of the course.",
            "It is a sample, spoken by a machine, so that the page around it can be tried.",
            "Mobilizing gets people to one action, on one day.",
            "Organizing gets them to act together, again and again, and to lead one another.",
            "So the first question is never: what is my problem?",
            "It is: who are my people, and what do they care about?",
            "Ask one person this week what called them to their work.",
            "Listen for the choice they made, and tell them of one of yours.",
            "That is where organizing begins: one relationship at a time.",
            "Here the sample ends. Thank you for watching to the end.",
        ],
    ),
    "sample-b": (
        "Sample lecture B",
        "0x5b3a65",
        [
            "This is the second sample film, in place of a lecture.",
            "You can follow every word of it in the transcript beside the picture.",
            "A story of self says why you were called to act.",
            "A story of us says what we share, and a story of now says why it cannot wait.",
            "Each of them holds a challenge, a choice, and an outcome.",
            "Keep it short: two minutes are enough to move a person.",
            "Then ask for one thing, clearly, and wait for the answer.",
            "A yes is a commitment. A no is the beginning of a conversation.",
            "Write down both, with the day on which you will speak again.",
            "The sample ends here. The next step waits for you below.",
        ],
    ),
    "sample-c": (
        "Sample lecture C",
        "0x6b4a12",
        [
            "This is the third sample film, in place of a lecture.",
            "It lasts about as long as the other two, a little less than a minute.",
            "A team is real when everyone knows who is on it, and what it is for.",
            "It needs a purpose that stretches, roles that fit, and norms that are kept.",
            "When one person decides everything, the work stops when they rest.",
            "When leadership is shared, the work goes on, and others grow.",
            "Draw your team today as it is: who turns to whom?",
            "Then draw it as a snowflake, with many centers.",
            "What is the first line that you would add?",
            "Here the sample ends. Take the answer with you to your team.",
        ],
    ),
    "sample-call": (
        "Sample recording of a call",
        "0x29633d",
        [
            "This is a sample recording. It stands in for a live call of the course.",
            "Welcome, everyone. Today we hear from three projects, and then we practise in pairs.",
            "The first project asks nurses on the night shift what would let them rest.",
            "The second brings patients into the team that plans their discharge.",
            "The third builds one-to-one meetings between two clinics across the street.",
            "What do they have in common? They begin with people, not with a plan.",
            "Now turn to a partner, and tell the story of your project in one minute.",
            "Welcome back. What did you hear that you want to keep?",
            "Before we end: name one person whom you will ask this week, and for what.",
            "Thank you all. This recording counts as the call for those who could not come.",
        ],
    ),
}


def main(folder: Path) -> None:
    """Write every film with its captions into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, colour, sentences) in FILMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            speech = Path(scratch) / "speech.wav"
            cues, length = speak(sentences, Path(scratch), speech)
            (folder / f"{name}.en.vtt").write_text(captions(cues), encoding="utf-8")
            film(title, colour, speech, length, folder / f"{name}.mp4")
        print(f"{name}: {length:.1f} s, {(folder / f'{name}.mp4').stat().st_size // 1024} kB")


def speak(sentences: list[str], scratch: Path, speech: Path) -> tuple[list[tuple[float, float, str]], float]:
    """Speak the sentences into `speech`, one after another; when each begins and ends, and the length."""
    cues, at, frames = [], 0.6, [silence(0.6)]
    for number, sentence in enumerate(sentences):
        part = scratch / f"{number}.wav"
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", part, sentence], check=True)
        with wave.open(str(part)) as spoken:
            frames.append(spoken.readframes(spoken.getnframes()))
            length = spoken.getnframes() / RATE
        cues.append((at, at + length, sentence))
        frames.append(silence(PAUSE_SECONDS))
        at += length + PAUSE_SECONDS
    with wave.open(str(speech), "wb") as whole:
        whole.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        whole.writeframes(b"".join(frames))
    return cues, at


def silence(seconds: float) -> bytes:
    """16-bit mono silence."""
    return b"\0\0" * round(seconds * RATE)


def captions(cues: list[tuple[float, float, str]]) -> str:
    """The cues as WebVTT."""
    blocks = [f"{stamp(start)} --> {stamp(end)}\n{text}\n" for start, end, text in cues]
    return "WEBVTT\n\n" + "\n".join(blocks)


def stamp(seconds: float) -> str:
    """ "00:04.250"."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes:02}:{rest / 1000:06.3f}"


def film(title: str, colour: str, speech: Path, length: float, target: Path) -> None:
    """A plain ground with the title and a bar that crosses it once, so that one sees how far it has played.

    H.264 baseline and AAC, index first: what every browser plays, Debian's Chromium too.
    """
    font = "font='Noto Sans':fontcolor=0xfaf8f3:x=(w-text_w)/2"
    picture = (
        f"color=c={colour}:s=320x180:r=5:d={length:.3f}[ground];"
        f"color=c=0xfaf8f3:s=320x6:r=5:d={length:.3f}[bar];"
        f"[ground][bar]overlay=x='-320+320*t/{length:.3f}':y=160,"
        f"drawtext={font}:text='{title}':fontsize=20:y=64,"
        f"drawtext={font}:text='%{{eif\\:t\\:d}} s':fontsize=14:y=100"
        "[film]"
    )
    subprocess.run(
        [
            "ffmpeg", "-y", "-loglevel", "error", "-i", speech, "-filter_complex", picture,
            "-map", "[film]", "-map", "0:a", "-shortest", "-fflags", "+bitexact",
            "-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-preset", "veryslow",
            "-crf", "36", "-g", "50", "-flags:v", "+bitexact",
            "-c:a", "aac", "-ar", "16000", "-ac", "1", "-b:a", "14k", "-flags:a", "+bitexact",
            "-movflags", "+faststart", target,
        ],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Sending a stored file to one browser: ranges, conditions, and no rights of its own."""

from flask import Response, request
from werkzeug.wsgi import FileWrapper

from portal.core.errors import NotFound
from portal.core.files import store


def send_stored(key: str, media_type: str) -> Response:
    """The file under `key`, which names its content, with ranges; kept by this browser alone.

    Raises NotFound.
    """
    files = store()
    try:
        size = files.size(key)
        stream = files.open(key)
    except FileNotFoundError:
        raise NotFound("This file is not there any more. Write to the course team.") from None
    answer = Response(FileWrapper(stream, 1 << 16), mimetype=media_type, direct_passthrough=True)
    answer.content_length = size
    answer.set_etag(key.rpartition("/")[2])
    answer.cache_control.private = True
    answer.cache_control.max_age = 3600
    # Whatever is in it may not act, were it opened on its own.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; media-src 'self'"
    answer.make_conditional(request, accept_ranges=True, complete_length=size)
    return answer

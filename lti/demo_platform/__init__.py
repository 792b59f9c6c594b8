"""A sample LMS: the platform side of LTI 1.3, small, strict, and a program of its own.

It is two things. **A demo**: `python -m lti.demo_platform --port 8001 --database lms.db --portal-url
http://127.0.0.1:8000 [--seed seed.json]` serves an LMS one can click through; it prints its address and
nothing else. **A fake with a door** for tests: `DemoPlatform` runs the same app inside the test's process.

It imports nothing of `portal` and nothing of the rest of `lti`, so that it can be wrong in its own way.
Where the specifications leave a choice it does what a recorded Moodle 5.0 does: addresses with `?type_id=`,
`sub` a number as text, JSON in `lti_message_hint`, token answers labelled text/html, 409 for a score not
later by whole seconds. Stricter than Moodle is the token endpoint alone (`aud`, `iss`, `iat`, `jti`: as
Canvas).

The door
========
::

    from lti.demo_platform import DemoPlatform

    # portal_url: the tool's address as the portal is configured (Flask's test client: http://localhost).
    # No server, no sockets, the database in memory.
    lms = DemoPlatform(portal_url="http://localhost")
    lms.registration     # issuer, client_id, auth_login_url, auth_token_url, jwks_url, deployment_id: a dict
                         # by the names of `portal lti register`; the key set itself is lms.jwks()
    lms.http()           # a requests.Session for the portal: the LMS's address reaches the app in this
                         # process, any other raises requests.ConnectionError; or mount lms.adapter()
    lms.trust(client)    # the portal's test client: the token endpoint reads /lti/jwks.json through it;
                         # or lms.trust_keys({"keys": [...]})

    # Launches. People go by sub or username, links by id or by their custom "destination".
    answer = lms.launch(client, "sam", "home")      # the whole dance; the portal's answer to /lti/launch
    fields = lms.initiation("sam", "lesson:1")      # what the browser posts to /lti/login
    form = lms.authorize(location)                  # plays the browser at our authorisation address:
                                                    # {"id_token": ..., "state": ...} or {"error": ...}
    claims = lms.launch_claims("sam", "home", nonce="n-1")
    token = lms.launch_token("sam", "home", nonce="n-1")     # really signed
    token = lms.deep_linking_token("tina", course="2", nonce="n-1")

    # launch, authorize and both tokens take these: `claims` replaces (short names lti:, ags:, nrps:, dl: as
    # well as whole ones), `drop` removes, `header` changes the JOSE header (alg "none": unsigned; a value of
    # None leaves the name out), `key` signs in place of the platform's key. launch also takes `form`, laid
    # over the posted fields.
    lms.launch(client, "sam", "home", claims={"lti:version": "1.1"}, drop=["exp"], header={"kid": "x"})
    lms.sign(claims_or_raw_json_text, header=..., key=...)

    # keys and time
    lms.rotate_key(keep_old=True)     # the next token is signed by a new key; the old one stays published
    lms.now = datetime(...)           # stands still there; lms.wait(seconds=2) moves on; None: real time

    # Trouble on demand. Services: "token", "lineitems", "lineitem", "scores", "results", "memberships",
    # "jwks", "auth", or "*". Counted: `times` calls (None: all) after the first `skip`.
    lms.fail("scores", 500, times=2)
    lms.fail("scores", 429, headers={"Retry-After": "7"})
    lms.fail("memberships", 200, body="<html>", skip=1)      # page 2 of the roster is no JSON
    lms.fail("token", "timeout")                             # requests.ReadTimeout; on a real port: silence
    lms.fail("scores", "lost")                               # the score is taken, then the connection breaks
    lms.recover()

    # Where it keeps data for tools (postMessage Storage, with Canvas's limits): in the page around the frame
    # ("_parent"), in a frame of its own (its name), or nowhere ("", the default). It is said with each login.
    lms = DemoPlatform(portal_url=..., storage_target="_parent")

    # what happened
    lms.scores                  # taken ones, oldest first: .link_id .line_item_id .sub .body (as posted) .at
    lms.refused_scores          # the others, with .status and .reason
    lms.grade("sam", "home")    # points in that column, or None
    lms.requests                # each call to a service: .service .method .url .status .headers
    lms.forget_requests()

    # the course, changed under the portal's feet
    lms.add_person({...as in a seed...}, course="2", role="learner")
    lms.set_role("sam", "teacher"); lms.suspend("sam"); lms.remove("sam")

    # Dynamic Registration, as a Moodle's: what an administrator's browser opens, for this invite address
    address = lms.registration_address("http://localhost/lti/register/…")
    lms.activate_tool()       # its links open from now on; lms.registration is the tool's that registered

    # The same app on a real loopback port, in a thread; give the port first.
    with DemoPlatform(base_url="http://127.0.0.1:8099", portal_url=...).serving() as address: ...

`DemoPlatform` without a seed has a course "2" with teacher tina, teaching assistant nora, learners sam, zoe
(long name in three scripts), quiet (no e-mail), obrien (markup in the name), an observer olga, a Test
Student test; links home, lesson:1, work:asset-map, call:1 with a column each, and record without one; a
course "3" with tina and the learner eve, its one link "21" without a destination; and, in no course, the
site administrator ada.

The dress
=========
`DemoPlatform(dress="canvas")`, `--dress canvas`: the same LMS says everything as Canvas is documented to (dress.py):
login form, claims, line items at `/api/lti/courses/2/line_items/1`, parameter names as typed, the roster's whole
roles and pages of fifty, refusals as JSON (400 for an older score), each score an attempt unless it says otherwise,
Dynamic Registration with Canvas's placements, or a developer key made of the tool's `lti/config/canvas.json`. People,
courses and links have opaque ids; the seed's numbers stay the names by which they go here. A course's navigation is
the link "course_navigation:2". Its issuer is its own address, as of a self-hosted Canvas that was told so; a hosted
one has three origins::

    lms = DemoPlatform(
        dress="canvas",
        base_url="http://school.localhost:8001",       # pages and services: the host around the frame
        shared_url="http://sso.localhost:8001",        # logins, keys, the frame that keeps data for tools
        issuer_url="https://canvas.instructure.com",   # serves nothing
        storage_target="post_message_forwarding",
        ...)
    lms.sub("sam"); lms.context_id("2")                # what tokens call them
    lms.choose(client, "tina", placement="assignment_selection")
    lms.attempts("sam", "lesson:1")

On the command line `--base-url`, `--shared-url`, `--issuer-url` and `--storage-target`; all names lead to one port.

The seed
========
A dict (or a JSON file of it); `sample_seed()` is the demo's, two courses of forty learners each::

    {"school": "Northvalley University",
     "people": [{"sub": "5", "username": "sam", "given_name": "Sam", "family_name": "Student",
                 "email": "sam@school.example",                   # null or absent: no claim
                 "timezone": "America/Chicago", "locale": "en",
                 "institution_roles": ["Student"], "system_roles": [], "test_user": false,
                 "featured": true, "note": "Has not begun"}],     # featured: shown first at sign-in
     "courses": [{"id": "2", "label": "LO-FALL", "title": "...",
                  "members": [{"sub": "5", "role": "learner"}],
                  "links": [{"id": "201", "section": "Start here", "title": "Home", "description": "",
                             "custom": {"destination": "home"}, "opens_in": "iframe", "graded": true,
                             "maximum": 100, "staff_only": false}]}]}

`role`: teacher, teaching_assistant, learner, observer, designer. `status`: active (default) or suspended.
`opens_in`: iframe or window. A link may have its own `target_link_uri`; its id is a number as text.
Starting again with a changed seed updates people, courses and links and keeps the grades.
"""

from lti.demo_platform.app import create_app
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.door import DemoPlatform
from lti.demo_platform.seed import sample_seed

__all__ = ["DemoPlatform", "PlatformConfig", "create_app", "sample_seed"]

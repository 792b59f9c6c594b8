"""A sample LMS: the platform side of LTI 1.3, small, strict, and a program of its own.

It is two things. **A demo**: `python -m lti.demo_platform --port 8001 --database lms.db --portal-url
http://127.0.0.1:8000 [--seed seed.json]` serves an LMS one can click through; it prints its address and nothing
else. **A fake with a door** for tests: `DemoPlatform` runs the same app inside the test's process.

It imports nothing of `portal` and nothing of the rest of `lti`, so that it can be wrong in its own way. Where the
specifications leave a choice it does what a recorded Moodle 5.0 does (addresses with `?type_id=`, `sub` a number as
text, JSON in `lti_message_hint`, token answers labelled text/html, 409 for a score not later by whole seconds, ...);
stricter than Moodle is only the token endpoint (`aud`, `jti`: as Canvas).

The door
========
::

    from lti.demo_platform import DemoPlatform

    lms = DemoPlatform(portal_url="http://localhost")   # the tool's address as the portal is configured (test client:
                                                        # http://localhost); no server, no sockets, database in memory
    lms.registration        # dict: issuer, client_id, auth_login_url, auth_token_url, jwks_url, deployment_id;
                            # the names of `portal lti register`; jwks: lms.jwks()
    lms.http()              # a requests.Session for the portal: what goes to the LMS's address reaches the app in
                            # this process, any other address raises requests.ConnectionError
    lms.trust(client)       # portal's test client: the token endpoint reads /lti/jwks.json through it
                            # (or trust_keys({"keys": [...]}) for a key set given outright)

    # launches. People: by sub or username; links: by id or by their custom "destination"
    answer = lms.launch(client, "sam", "home")                  # the whole dance; the portal's answer to /lti/launch
    fields = lms.initiation("sam", "lesson:1")                  # what the browser posts to /lti/login
    form = lms.authorize(location)                              # plays the browser at our authorisation address:
                                                                # {"id_token": ..., "state": ...} or {"error": ...}
    claims = lms.launch_claims("sam", "home", nonce="n-1")      # a dict, as in a recorded launch
    token = lms.launch_token("sam", "home", nonce="n-1",        # really signed. `claims` replaces (short names lti:,
                             claims={"lti:version": "1.1"},     # ags:, nrps:, dl: as well as whole ones), `drop`
                             drop=["azp"], header={"kid": "x"}, # removes, `header` changes the JOSE header (alg
                             key=another_key)                   # "none" gives an unsigned token), `key` signs instead
    lms.launch(client, "sam", "home", claims={...}, drop=[...], header={...}, key=..., form={"state": "other"})
    lms.deep_linking_token("tina", course="2", nonce="n-1")     # LtiDeepLinkingRequest, same keywords
    lms.sign(claims, header=..., key=...)

    # keys and time
    lms.rotate_key(keep_old=True)     # the next token is signed with a new key; the old one stays published or goes
    lms.now = datetime(...)           # stands still there; lms.wait(seconds=2) moves on; lms.now = None: real time

    # trouble on demand; service = "token", "lineitems", "lineitem", "scores", "results", "memberships", "jwks",
    # "auth", or "*"; counted: `times` calls from the one after `skip`
    lms.fail("scores", 500, times=2)
    lms.fail("scores", 429, headers={"Retry-After": "7"})
    lms.fail("memberships", 200, body="<html>", skip=1)   # page 2 of the roster is no JSON
    lms.fail("token", "timeout")                          # requests.ReadTimeout; on the loopback server: no answer
    lms.fail("scores", "lost")                            # the score is taken, then the connection breaks
    lms.recover()

    # what happened
    lms.scores                        # accepted scores, oldest first: .link_id .sub .body (as posted) .at
    lms.refused_scores                # the same, with .status and .reason
    lms.grade("sam", "home")          # 0..100 in that column, or None
    lms.requests                      # every call to a service: .service .method .url .status
    lms.forget_requests()

    # the course, changed under the portal's feet
    lms.set_role("sam", "teacher", course="2"); lms.suspend("sam", course="2"); lms.remove("sam", course="2")
    lms.add_person({...as in a seed...}, course="2", role="learner")

    with lms.serving() as address: ...   # the same app on a real loopback port (werkzeug, a thread), for journeys.
                                         # Give the port first: DemoPlatform(base_url="http://127.0.0.1:8099", ...)

`DemoPlatform` without a seed has one course "2" with teacher tina, teaching assistant nora, learners sam, zoe (long
non-Latin name), quiet (no e-mail), obrien (markup in the name), an observer olga, a Test Student and, not enrolled,
the administrator ada; links home, lesson:1, work:asset-map, call:1 with a column each, and record without one.

The seed
========
A dict (or a JSON file of it); `sample_seed()` is the demo's, two courses of forty learners each::

    {"school": "Northvalley University",
     "people": [{"sub": "5", "username": "sam", "given_name": "Sam", "family_name": "Student",
                 "email": "sam@school.example",        # null or absent: the claim is absent
                 "timezone": "America/Chicago", "locale": "en",
                 "institution_roles": ["Student"], "system_roles": [], "test_user": false,
                 "featured": true, "note": "Learner, has not begun"}],          # shown first at sign-in
     "courses": [{"id": "2", "label": "LOC-F26", "title": "...",
                  "members": [{"sub": "5", "role": "learner"}],
                  "links": [{"id": "1", "title": "Course home", "description": "...", "custom": {"destination": "home"},
                             "opens_in": "iframe", "graded": true, "maximum": 100}]}]}

`role`: teacher, teaching_assistant, learner, observer, designer. `status`: active (default) or suspended.
`opens_in`: iframe or window. A link may have its own `target_link_uri`. Starting again with a changed seed updates
people, courses and links and keeps the grades.
"""

from lti.demo_platform.app import create_app
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.door import DemoPlatform
from lti.demo_platform.seed import sample_seed

__all__ = ["DemoPlatform", "PlatformConfig", "create_app", "sample_seed"]

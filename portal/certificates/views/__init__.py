"""Pages of certificates: asking for one, one's own, the public check, the team's list, the CE claim."""

from flask import Blueprint

from portal.certificates.views import asking, claiming, files, public, team

bp = Blueprint("certificates", __name__)
for _views in (asking, claiming, files, public, team):
    _views.register(bp)

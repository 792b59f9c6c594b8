"""The blueprint that the views of work share."""

from flask import Blueprint

bp = Blueprint("assignments", __name__)

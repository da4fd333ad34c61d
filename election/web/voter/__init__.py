"""Public pages: the voter's check, notices, candidates, results."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("voter", __name__)

"""The wire: OIDC login and launch (the only user of PyLTI1p3), keys, tokens, outbound HTTP.

PyLTI1p3 leaves many checks to its user (its own behaviour is in the checklist of the LTI guide); the modules here
make every check themselves and then let the library make its own.
"""

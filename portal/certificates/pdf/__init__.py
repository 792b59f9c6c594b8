"""Certificates as PDF: one frozen row in, tagged PDF/UA-1 bytes out. The only room that knows WeasyPrint.

`printed` and `fit` are light; `drawing` imports WeasyPrint (half a second), so a web process leaves it alone.
"""

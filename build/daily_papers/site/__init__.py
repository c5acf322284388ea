"""Serves a built database as a site: `views` builds what pages show, `http` runs the server.

The routes are in plugins/, the HTML in templates/, beside the package.
"""

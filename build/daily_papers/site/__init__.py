"""Serves the database as a site: `views` says what pages show, `http` what stands before them."""

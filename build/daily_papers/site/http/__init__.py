"""How a database is served: settings, several processes, and what stands before the pages."""

"""Reads JSON: answers of the service, and what clients, scrapers and archives make of them."""

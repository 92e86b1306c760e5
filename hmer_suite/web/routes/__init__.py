"""Routes of the application: the API and the pages."""

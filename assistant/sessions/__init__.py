"""The history of questions: SQLite with full-text search, export to Markdown, BibTeX and bundles."""

"""The shipped literature base: `papers/*.md`, `claims.yaml` and `glossary.yaml`, as package data."""

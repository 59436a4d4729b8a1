"""Prompt templates for chat models, one Markdown file a job."""
